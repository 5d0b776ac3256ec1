{{/* Labels of every object; each adds its app.kubernetes.io/component. */}}
{{- define "observability.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.environment }}
platform.dev/environment: {{ . | quote }}
{{- end }}
{{- end }}
