Restart policies: how often, what inspect says, and what stops them.
# needs: busybox
  $ docker run -d --name r1 --restart on-failure:2 busybox sh -c 'echo run; exit 3' >/dev/null; sleep 3; docker inspect -f '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}' r1; docker logs r1
  2 exited 3 on-failure 2
  run
  run
  run
  $ docker run -d --name r2 --restart always busybox sleep 300 >/dev/null; docker stop -t 0 r2; docker inspect -f '{{.State.Status}} {{.RestartCount}}' r2; docker start r2; docker kill r2; sleep 0.5; docker inspect -f '{{.State.Status}} {{.RestartCount}}' r2
  r2
  exited 0
  r2
  r2
  exited 0
  $ docker run -d --name r3 --restart unless-stopped busybox sh -c 'sleep 0.2; exit 0' >/dev/null; sleep 1.5; docker inspect -f '{{if gt .RestartCount 1}}more than once{{end}} {{.HostConfig.RestartPolicy.Name}}' r3; docker update --restart no r3; docker wait r3; docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' r3
  more than once unless-stopped
  r3
  0
  no
  $ docker run -d --rm --restart always busybox true; docker run -d --restart sometimes busybox true; docker run -d --restart on-failure:x busybox true; docker run -d --restart always:3 busybox true
  docker: conflicting options: cannot specify both --restart and --rm
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'
  
  Run 'docker run --help' for more information
  docker: invalid restart policy format: maximum retry count must be an integer
  
  Run 'docker run --help' for more information
  docker: Error response from daemon: invalid restart policy: maximum retry count can only be used with 'on-failure'
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --name r4 --restart on-failure busybox true; docker inspect -f '{{.RestartCount}}' r4; docker ps -a --filter name=r1 --format '{{.Names}} {{.Status}}' | sed 's/ [0-9]* seconds\? ago//;s/ Less than a second ago//'
  0
  r1 Exited (3)
  $ docker rm -f r1 r2 r3 r4
  r1
  r2
  r3
  r4
