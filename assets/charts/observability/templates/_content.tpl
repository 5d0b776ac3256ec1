{{/*
What a file holds, as YAML; its text is data, and a template in it stays as it is. Takes (list <value> <file> <content>);
fails with both names when the text cannot be read.
*/}}
{{- define "observability.content" -}}
{{- $content := index . 2 -}}
{{- if kindIs "string" $content -}}
{{- $read := fromYaml $content -}}
{{- with $read.Error -}}
{{- fail (printf "%s: %s cannot be read: %s" (index $ 0) (index $ 1) .) -}}
{{- end -}}
{{- $content = $read -}}
{{- end -}}
{{- toYaml $content -}}
{{- end }}
