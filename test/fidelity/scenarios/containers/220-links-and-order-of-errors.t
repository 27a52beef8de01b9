Links of the default bridge are looked at when the container starts; and which of two errors is said first.

  $ docker network create net1 >/dev/null; docker create --name app busybox true >/dev/null; docker run -d --name web --network net1 busybox sleep 300 >/dev/null
  $ docker run --name one --link app:lk busybox true
  docker: Error response from daemon: Cannot link to a non running container: /app AS /one/lk
  
  Run 'docker run --help' for more information
  [125]
  $ docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' one
  created 128 Cannot link to a non running container: /app AS /one/lk
  $ docker run --name two --link web busybox true
  docker: Error response from daemon: container <id> not attached to default bridge network
  
  Run 'docker run --help' for more information
  [125]
  $ docker start app >/dev/null; docker rm -l app
  Error response from daemon: Conflict, cannot remove the default link name of the container
  [1]
  $ docker rm -l nosuch
  Error response from daemon: No such container: nosuch
  [1]
  $ docker network disconnect net1 nosuch
  Error response from daemon: No such container: nosuch
  [1]
  $ docker network disconnect nosuchnet nosuch
  Error response from daemon: No such container: nosuch
  [1]
  $ docker network disconnect -f nosuchnet nosuch
  Error response from daemon: network nosuchnet not found
  [1]
  $ docker network disconnect net1 app
  Error response from daemon: container <id> is not connected to the network net1
  [1]
  $ docker network disconnect -f net1 app
  Error response from daemon: container <id> is not connected to the network net1
  [1]
  $ docker network disconnect nosuchnet app
  Error response from daemon: container <id> is not connected to the network nosuchnet
  [1]
  $ docker network disconnect nosuchnet web
  Error response from daemon: network nosuchnet not found
  [1]
  $ docker network disconnect -f nosuchnet web
  Error response from daemon: container <id> is not connected to the network nosuchnet
  [1]
  $ docker network disconnect bridge web
  Error response from daemon: container <id> is not connected to network bridge
  [1]
  $ docker network create -d nosuch net1
  Error response from daemon: network with name net1 already exists
  [1]
  $ docker network create --subnet bogus -d nosuch net1
  Error response from daemon: invalid network config:
  invalid subnet bogus: invalid CIDR block notation
  [1]
  $ docker create --network container:web -h me --uts host busybox
  Error response from daemon: conflicting options: hostname and the network mode
  [1]
  $ docker kill -s 0 web; docker kill -s 65 web; docker kill -s -1 web
  Error response from daemon: cannot kill container: web: invalid signal: 0
  Error response from daemon: cannot kill container: web: the linux daemon does not support signal 65
  Error response from daemon: cannot kill container: web: the linux daemon does not support signal -1
  [1]
  $ timeout 1 docker start -a web; echo $?
  124
  $ timeout 1 sh -c 'sleep 100; echo no'; echo $?
  124
  $ timeout -s KILL 1 sleep 100; echo $?
  .*Killed .*timeout -s KILL 1 sleep 100 (re)
  137
  $ docker rm -f $(docker ps -aq) >/dev/null; docker network rm net1
  net1
