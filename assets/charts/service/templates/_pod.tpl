{{/* The pod template of the Deployment or StatefulSet. */}}
{{- define "service.pod" -}}
{{- $name := .Release.Name -}}
metadata:
  labels:
    {{- include "service.identity" . | nindent 4 }}
    app.kubernetes.io/component: server
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ dict "env" .Values.env "files" .Values.files | toJson | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $name }}
  automountServiceAccountToken: {{ .Values.serviceAccount.mountToken }}
  enableServiceLinks: false
  securityContext: {{- include "service.podSecurity" . | nindent 4 }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpread }}
  topologySpreadConstraints:
    {{- range . }}
    - topologyKey: {{ . }}
      maxSkew: 1
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{- include "service.selector" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ $name }}
      image: {{ include "service.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext: {{- include "service.containerSecurity" . | nindent 8 }}
      {{- with .Values.command }}
      command: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.args }}
      args: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.ports }}
      ports:
        {{- range $port, $spec := . }}
        - name: {{ $port }}
          containerPort: {{ $spec.containerPort | default $spec.port }}
          protocol: {{ $spec.protocol | default "TCP" }}
        {{- end }}
      {{- end }}
      {{- $plain := include "service.plainEnv" . }}
      {{- $from := include "service.envFrom" . }}
      {{- if or $plain $from }}
      envFrom:
        {{- if $plain }}
        - configMapRef:
            name: {{ $name }}-env
        {{- end }}
        {{- with $from }}
        {{- trim . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with include "service.secretEnv" . }}
      env: {{- trim . | nindent 8 }}
      {{- end }}
      {{- range $kind, $probe := .Values.probes }}
      {{- if $probe }}
      {{ $kind }}Probe: {{- include "service.probe" $probe | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- with .Values.preStopSleepSeconds }}
      lifecycle:
        preStop:
          sleep:
            seconds: {{ . }}
      {{- end }}
      {{- with .Values.resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "service.volumeMounts" . }}
      volumeMounts: {{- trim . | nindent 8 }}
      {{- end }}
  {{- with include "service.volumes" . }}
  volumes: {{- trim . | nindent 4 }}
  {{- end }}
{{- end }}
