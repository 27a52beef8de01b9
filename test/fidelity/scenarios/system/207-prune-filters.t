What the prune commands remove, and their filters.
# needs: busybox
  $ docker create --name p1 -l keep=1 busybox >/dev/null; docker create --name p2 busybox >/dev/null; docker run -d --name p3 busybox sleep 300 >/dev/null; docker container prune -f --filter label!=keep | grep -vE '^[0-9a-f]{64}$'; docker ps -a --format '{{.Names}}' | sort; docker container prune -f --filter until=1h; docker container prune -f --filter label=keep=2; docker container prune -f --filter bogus=1; docker container prune -f --filter until=x; docker container prune -f --filter label=keep=1 | tail -1; docker rm -f p3
  Deleted Containers:
  
  Total reclaimed space: 0B
  p1
  p3
  Total reclaimed space: 0B
  Total reclaimed space: 0B
  Error response from daemon: invalid filter 'bogus'
  Error response from daemon: failed to parse value as time or duration: "x"
  Total reclaimed space: 0B
  p3
  $ docker volume create v1 >/dev/null; docker volume create --label keep v2 >/dev/null; docker run --rm -v /data busybox true; docker create --name pv -v /anon -v v3:/named busybox >/dev/null; docker rm pv >/dev/null; docker volume prune -f | grep -cE '^[0-9a-f]{64}$'; docker volume ls -q | sort; docker volume prune -a -f --filter label!=keep | sort; docker volume prune -af; docker volume prune -f --filter until=1h; docker volume prune -f --filter bogus=1
  1
  v1
  v2
  v3
  
  Deleted Volumes:
  Total reclaimed space: 0B
  v1
  v3
  Deleted Volumes:
  v2
  
  Total reclaimed space: 0B
  Error response from daemon: invalid filter 'until'
  Error response from daemon: invalid filter 'bogus'
  [1]
  $ docker network create n1 >/dev/null; docker network create --label keep n2 >/dev/null; docker network prune -f --filter label=keep; docker network prune -f; docker network prune -f; docker network prune -f --filter bogus=1
  Deleted Networks:
  n2
  
  Deleted Networks:
  n1
  
  Error response from daemon: invalid filter 'bogus'
  [1]
  $ printf 'FROM busybox\nLABEL a=1\n' | DOCKER_BUILDKIT=0 docker build -q -t pi:1 - >/dev/null 2>&1; printf 'FROM busybox\nLABEL a=2\n' | DOCKER_BUILDKIT=0 docker build -q -t pi:1 - >/dev/null 2>&1; docker images -f dangling=true -q | wc -l; docker image prune -f | sed -E 's/[0-9a-f]{64}/ID/'; docker image prune -f; docker image prune -f --filter label=x; docker image prune -f --filter bogus=x; docker rmi pi:1 | sed -E 's/[0-9a-f]{64}/ID/'
  1
  Deleted Images:
  deleted: sha256:ID
  
  Total reclaimed space: 0B
  Total reclaimed space: 0B
  Total reclaimed space: 0B
  Error response from daemon: invalid filter 'bogus'
  Untagged: pi:1
  Deleted: sha256:ID
  $ docker create --name s1 busybox >/dev/null; docker network create sn >/dev/null; docker volume create sv >/dev/null; docker system prune -f | sed -E 's/[0-9a-f]{64}/ID/' | grep -v '^Total'; docker volume ls -q; docker system prune -f --volumes | tail -1; docker volume rm sv; docker system prune -f --filter bogus=1; docker system prune -f --filter until=x
  Deleted Containers:
  ID
  
  Deleted Networks:
  sn
  
  sv
  Total reclaimed space: 0B
  sv
  Error response from daemon: invalid filter 'bogus'
  Error response from daemon: failed to parse value as time or duration: "x"
  [1]
