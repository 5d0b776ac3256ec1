{{- define "service.image" -}}
{{- $image := .Values.image -}}
{{- $repository := required "image.repository is required" $image.repository -}}
{{- if $image.digest -}}
{{ $repository }}{{ with $image.tag }}:{{ . }}{{ end }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ required "image.tag or image.digest is required" $image.tag }}
{{- end -}}
{{- end }}

{{/* What Pod Security "restricted" asks of a container, and a read-only root file system. */}}
{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: {{ .Values.readOnlyRootFilesystem }}
capabilities:
  drop: [ALL]
{{- end }}

{{/* The same of a pod. Volumes get their group once: a change at each start would open up a database's folder. */}}
{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ int64 .Values.runAs.user }}
runAsGroup: {{ int64 .Values.runAs.group }}
fsGroup: {{ int64 .Values.runAs.group }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Variables out of existing Secrets. */}}
{{- define "service.secretEnv" -}}
{{- range $name, $value := .Values.env }}
{{- if kindIs "map" $value }}
{{- $reference := splitList "/" $value.secret }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ first $reference }}
      key: {{ last $reference }}
{{- end }}
{{- end }}
{{- end }}

{{/* Plain variables, as YAML; empty when there are none. */}}
{{- define "service.plainEnv" -}}
{{- range $name, $value := .Values.env }}
{{- if not (kindIs "map" $value) }}
{{ $name }}: {{ include "service.text" $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Helm reads numbers as floats, and would write 10485760 as 1.048576e+07. */}}
{{- define "service.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{- define "service.envFrom" -}}
{{- range .Values.envFrom }}
{{- with .secret }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- with .configMap }}
- configMapRef:
    name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "service.probe" -}}
{{- if .command -}}
exec:
  command: {{- toYaml .command | nindent 4 }}
{{- else if .path -}}
httpGet:
  path: {{ .path }}
  port: {{ .port }}
{{- else -}}
tcpSocket:
  port: {{ .port }}
{{- end }}
{{- with omit . "command" "path" "port" }}
{{ toYaml . }}
{{- end }}
{{- end }}
