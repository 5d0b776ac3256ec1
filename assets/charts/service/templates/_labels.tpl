{{/* Labels of every object; each adds its app.kubernetes.io/component. */}}
{{- define "service.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.image.tag }}
app.kubernetes.io/version: {{ regexReplaceAll "[^A-Za-z0-9_.-]" . "_" | trunc 63 | trimAll "-_." | quote }}
{{- end }}
{{ include "service.identity" . }}
{{- end }}

{{/* What all pods of the release share, those of the migration too: what network policies go by. */}}
{{- define "service.identity" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.environment }}
platform.dev/environment: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Selects the pods of the workload. Immutable: never add to it. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}
