{{/* Names, labels, and what several templates need. */}}

{{- define "license-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters: the pods of a StatefulSet and the headless Service append to it. */}}
{{- define "license-exporter.fullname" -}}
{{- $name := include "license-exporter.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "license-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "license-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "license-exporter.labels" -}}
{{- $own := include "license-exporter.selectorLabels" . | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") }}
{{- merge $own .Values.commonLabels | toYaml }}
{{- end }}

{{- define "license-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "license-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "license-exporter.image" -}}
{{- $image := .Values.image }}
{{- if $image.digest }}
{{- printf "%s@%s" $image.repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) }}
{{- end }}
{{- end }}

{{- define "license-exporter.sharded" -}}
{{- if gt (int .Values.shards) 1 }}true{{ end }}
{{- end }}

{{/* The addresses at which each target is found: the Service, or the pod of each shard. */}}
{{- define "license-exporter.addresses" -}}
{{- $name := include "license-exporter.fullname" . }}
{{- $addresses := list }}
{{- if include "license-exporter.sharded" . }}
{{- range $ordinal := until (int .Values.shards) }}
{{- $addresses = append $addresses (printf "%s-%d.%s-shards.%s.svc:10058" $name $ordinal $name $.Release.Namespace) }}
{{- end }}
{{- else }}
{{- $addresses = list (printf "%s.%s.svc:%d" $name .Release.Namespace (int .Values.service.port)) }}
{{- end }}
{{- toYaml $addresses }}
{{- end }}

{{/* Seconds of a duration in hours, minutes and seconds; 0 where it has other units. */}}
{{- define "license-exporter.seconds" -}}
{{- $seconds := 0 }}
{{- range $part := regexFindAll "[0-9]+(h|ms|m|s)" . -1 }}
{{- $count := regexFind "^[0-9]+" $part | int }}
{{- if hasSuffix "h" $part }}{{ $seconds = add $seconds (mul 3600 $count) }}
{{- else if hasSuffix "ms" $part }}
{{- else if hasSuffix "m" $part }}{{ $seconds = add $seconds (mul 60 $count) }}
{{- else }}{{ $seconds = add $seconds $count }}
{{- end }}
{{- end }}
{{- $seconds }}
{{- end }}

{{/* What a ServiceMonitor's endpoint and a ScrapeConfig have in common. */}}
{{- define "license-exporter.scraping" -}}
scrapeTimeout: {{ .scrapeTimeout }}
scheme: {{ .scheme }}
{{- range $key := list "tlsConfig" "basicAuth" "relabelings" "metricRelabelings" }}
{{- with index $ $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* What no schema can tell: values that do not go together. Each says what to do instead. */}}
{{- define "license-exporter.check" -}}
{{- $sources := list }}
{{- if or .Values.config.targets .Values.config.target_files }}{{ $sources = append $sources "config" }}{{ end }}
{{- if .Values.configText }}{{ $sources = append $sources "configText" }}{{ end }}
{{- if .Values.existingConfigMap }}{{ $sources = append $sources "existingConfigMap" }}{{ end }}
{{- if gt (len $sources) 1 }}
{{- fail (printf "the configuration is given twice, by %s: keep one of them" (join " and " $sources)) }}
{{- end }}
{{- if and (gt (int .Values.replicas) 1) (gt (int .Values.shards) 1) }}
{{- fail "replicas and shards exclude each other: a shard has one replica, since a second would fetch its targets again" }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled (gt (int .Values.replicas) 1) }}
{{- fail "serviceMonitor scrapes every replica, and each would fetch every target: use scrapeConfig, shards, or one replica" }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled .Values.scrapeConfig.enabled }}
{{- fail "serviceMonitor and scrapeConfig would both scrape every target: enable one of them" }}
{{- end }}
{{- range $name := list "serviceMonitor" "scrapeConfig" }}
{{- $monitor := index $.Values $name }}
{{- if $monitor.enabled }}
{{- $timeout := include "license-exporter.seconds" $monitor.scrapeTimeout | int }}
{{- if ge $timeout (int $.Values.terminationGracePeriodSeconds) }}
{{- fail (printf "terminationGracePeriodSeconds must be more than %s.scrapeTimeout (%s), so that a running scrape is answered" $name $monitor.scrapeTimeout) }}
{{- end }}
{{- if gt $timeout (include "license-exporter.seconds" $monitor.interval | int) }}
{{- fail (printf "%s.scrapeTimeout (%s) must not exceed its interval (%s)" $name $monitor.scrapeTimeout $monitor.interval) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
