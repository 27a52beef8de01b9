Health checks: the states, the log in inspect, filters, events, and how a health check of the image is switched off.
# needs: busybox
  $ docker run -d --name h1 --health-cmd 'test -f /ok' --health-interval 1s --health-retries 2 --health-timeout 2s busybox sh -c 'sleep 300' >/dev/null; docker inspect -f '{{.State.Health.Status}}' h1; sleep 3.6; docker inspect -f '{{.State.Health.Status}} {{gt .State.Health.FailingStreak 1}} {{(index .State.Health.Log 0).ExitCode}}' h1
  starting
  unhealthy true 1
  $ docker ps --filter health=unhealthy --format '{{.Names}}'; docker exec h1 touch /ok; sleep 2; docker inspect -f '{{.State.Health.Status}} {{.State.Health.FailingStreak}}' h1; docker ps --filter health=healthy --format '{{.Names}}: {{.Status}}' | sed 's/Up [^(]*/Up N /'
  h1
  healthy 0
  h1: Up N (healthy)
  $ docker inspect -f '{{json .Config.Healthcheck}}' h1; docker rm -f h1
  {"Test":["CMD-SHELL","test -f /ok"],"Interval":1000000000,"Timeout":2000000000,"Retries":2}
  h1
  $ docker run -d --name h2 --health-cmd 'echo checked; echo more >&2; exit 1' --health-interval 1s --health-retries 1 --health-start-period 20s busybox sleep 300 >/dev/null; sleep 2.5; docker inspect -f '{{.State.Health.Status}}: {{json (index .State.Health.Log 0).Output}}' h2; docker rm -f h2
  
  template parsing error: template: :1:34: executing "" at <index .State.Health.Log 0>: error calling index: reflect: slice index out of range
  h2
  $ docker run -d --name h3 --health-cmd 'sleep 5' --health-interval 1s --health-timeout 1s --health-retries 1 busybox sleep 300 >/dev/null; sleep 4; docker inspect -f '{{.State.Health.Status}} {{(index .State.Health.Log 0).ExitCode}} {{(index .State.Health.Log 0).Output}}' h3; docker rm -f h3
  unhealthy -1 Health check exceeded timeout (1s)
  h3
  $ docker run --rm --no-healthcheck --health-cmd x busybox true; docker run --rm --health-interval 1ns busybox true; docker run --rm --health-retries -1 --health-cmd true busybox true; docker create --name h4 --no-healthcheck busybox; docker inspect -f '{{json .Config.Healthcheck}}' h4; docker rm h4
  docker: --no-healthcheck conflicts with --health-* options
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: Interval in Healthcheck cannot be less than 1ms
  
  Run 'docker run --help' for more information
  docker: --health-retries cannot be negative
  
  Run 'docker run --help' for more information
  <id>
  {"Test":["NONE"]}
  h4
