{{/* The pod's template, of the Deployment and of the StatefulSet alike. */}}
{{- define "license-exporter.pod" -}}
{{- $values := .Values -}}
metadata:
  labels:
    {{- merge (include "license-exporter.labels" . | fromYaml) $values.podLabels | toYaml | nindent 4 }}
  annotations:
    kubectl.kubernetes.io/default-container: license-exporter
    {{- if not $values.existingConfigMap }}
    checksum/config: {{ $values.configText | default (toYaml $values.config) | sha256sum }}
    {{- end }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "license-exporter.serviceAccountName" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: license-exporter
      image: {{ include "license-exporter.image" . | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args:
        # The probes' own address: without TLS, password and limits of the other.
        - --web.health-address=:10059
        {{- if $values.existingConfigMap }}
        - --config.auto-reload-interval=30s
        {{- end }}
        {{- if include "license-exporter.sharded" . }}
        - --shard=$(POD_NAME)/{{ $values.shards }}
        {{- end }}
        {{- with $values.web.configSecret }}
        - --web.config.file=/run/secrets/{{ . }}/web-config.yaml
        {{- end }}
        {{- with $values.web.externalUrl }}
        - --web.external-url={{ . }}
        {{- end }}
        {{- range $values.extraArgs }}
        - {{ . | quote }}
        {{- end }}
      {{- if or $values.env (include "license-exporter.sharded" .) }}
      env:
        {{- if include "license-exporter.sharded" . }}
        - name: POD_NAME
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        {{- end }}
        {{- with $values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with $values.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - {name: metrics, containerPort: 10058, protocol: TCP}
        - {name: health, containerPort: 10059, protocol: TCP}
      livenessProbe:
        httpGet: {path: /-/healthy, port: health}
        periodSeconds: 30
        timeoutSeconds: 5
      readinessProbe:
        httpGet: {path: /-/ready, port: health}
        periodSeconds: 10
        timeoutSeconds: 5
      startupProbe:
        httpGet: {path: /-/healthy, port: health}
        periodSeconds: 2
        failureThreshold: 30
      resources:
        {{- toYaml $values.resources | nindent 8 }}
      securityContext:
        {{- toYaml $values.securityContext | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/license_exporter, readOnly: true}
        {{- range $index, $secret := include "license-exporter.secrets" . | fromYamlArray }}
        - {name: secret-{{ $index }}, mountPath: {{ printf "/run/secrets/%s" $secret | quote }}, readOnly: true}
        {{- end }}
        {{- with $values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ $values.existingConfigMap | default (include "license-exporter.fullname" .) }}
    {{- range $index, $secret := include "license-exporter.secrets" . | fromYamlArray }}
    - name: secret-{{ $index }}
      secret: {secretName: {{ $secret | quote }}}
    {{- end }}
    {{- with $values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- range $key := list "nodeSelector" "affinity" "tolerations" "topologySpreadConstraints" }}
  {{- with index $values $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
{{- end }}

{{/* The names of the Secrets that are mounted, that of the web server's configuration among them. */}}
{{- define "license-exporter.secrets" -}}
{{- append .Values.secrets .Values.web.configSecret | compact | uniq | toYaml }}
{{- end }}
