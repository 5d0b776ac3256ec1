/** Every syntax of matchers, routes within routes, `continue`, and groups. */
export const configuration = `
route:
  receiver: fallback
  group_by: [alertname, namespace]
  group_wait: 10s
  repeat_interval: 1w
  routes:
    - receiver: old
      match: { service: old }
      match_re: { severity: warning|critical }
    - receiver: audit
      matchers: ['severity=critical']
      continue: true
    - receiver: quoted
      matchers: ['"team.name"="a b"', region !~ "eu-.*"]
      group_by: [...]
    - receiver: team
      matchers: ['{team=~"red|blue", severity!="none"}']
      group_interval: 1m
      routes:
        - receiver: red
          matchers: [team = "red"]
          group_wait: 0s
          continue: true
        - matchers: [night="yes"]
          mute_time_intervals: [nights]
          group_by: []
        - receiver: deep
          matchers: [level="1"]
          routes:
            - receiver: deeper
              matchers: [level=~".", depth="2"]
    - receiver: "null"
      matchers: ['alertname=~"Watchdog|InfoInhibitor"']
inhibit_rules:
  - source_matchers: [severity = critical]
    target_match_re: { severity: warning|info }
    equal: [alertname, namespace]
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: '22:00', end_time: '24:00' }] }]
receivers:
  - name: fallback
    slack_configs: [{ api_url: 'http://localhost/slack', channel: '#a' }]
    webhook_configs: [{ url: 'http://localhost/', send_resolved: false }, { url: 'http://localhost/2' }]
  - name: old
  - name: audit
  - name: quoted
  - name: team
  - name: red
  - name: deep
  - name: deeper
  - name: "null"
`;
