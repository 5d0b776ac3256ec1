{{/* ConfigMap keys and volume names may not hold slashes. */}}
{{- define "service.fileKey" -}}
{{ trimPrefix "/" . | replace "/" "_" }}
{{- end }}

{{- define "service.volumeMounts" -}}
{{- range $index, $path := .Values.writable }}
- name: writable-{{ $index }}
  mountPath: {{ $path }}
{{- end }}
{{- range $path, $content := .Values.files }}
- name: files
  mountPath: {{ $path }}
  subPath: {{ include "service.fileKey" $path }}
  readOnly: true
{{- end }}
{{- range $index, $path := keys .Values.mounts | sortAlpha }}
- name: mount-{{ $index }}
  mountPath: {{ $path }}
  readOnly: true
{{- end }}
{{- if .Values.persistence.enabled }}
- name: data
  mountPath: {{ .Values.persistence.mountPath }}
{{- end }}
{{- end }}

{{- define "service.volumes" -}}
{{- range $index, $path := .Values.writable }}
- name: writable-{{ $index }}
  emptyDir: {}
{{- end }}
{{- if .Values.files }}
- name: files
  configMap:
    name: {{ .Release.Name }}-files
{{- end }}
{{- range $index, $path := keys .Values.mounts | sortAlpha }}
{{- $source := get $.Values.mounts $path }}
- name: mount-{{ $index }}
  {{- with $source.secret }}
  secret:
    secretName: {{ . }}
    {{- if $source.optional }}
    optional: true
    {{- end }}
  {{- end }}
  {{- with $source.configMap }}
  configMap:
    name: {{ . }}
    {{- if $source.optional }}
    optional: true
    {{- end }}
  {{- end }}
{{- end }}
{{- if and .Values.persistence.enabled (eq .Values.kind "deployment") }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Release.Name }}
{{- end }}
{{- end }}

{{/* True where one pod at a time has the volume: its successor has to wait for it. */}}
{{- define "service.ownsVolume" -}}
{{- with .Values.persistence -}}
{{- if eq .accessMode "ReadWriteMany" -}}
{{- if .shared }}{{ fail "persistence.shared is for a volume of one node: one with ReadWriteMany is shared anyway" }}{{ end -}}
{{- else if and .shared (eq .accessMode "ReadWriteOncePod") -}}
{{- fail "persistence.shared needs persistence.accessMode ReadWriteOnce: ReadWriteOncePod gives the volume to one pod" -}}
{{- else if and .enabled (not .shared) -}}
true
{{- end -}}
{{- end -}}
{{- end }}

{{/* The spec of a claim, for the Deployment's own and for the StatefulSet's template. */}}
{{- define "service.claim" -}}
accessModes: [{{ .Values.persistence.accessMode }}]
{{- with .Values.persistence.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size }}
{{- end }}
