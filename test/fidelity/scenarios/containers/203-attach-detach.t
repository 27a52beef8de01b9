Attaching to what runs, and stdin that comes through a pipe.
# needs: busybox
  $ docker run -d --name a2 busybox sh -c 'sleep 1; echo one; exit 7' >/dev/null; docker attach --no-stdin a2; echo "status $?"; docker attach --no-stdin a2; docker rm a2; docker attach nosuch
  one
  status 7
  You cannot attach to a stopped container, start it first
  a2
  Error response from daemon: No such container: nosuch
  [1]
  $ docker run -d --name a3 busybox sh -c 'trap "echo got; exit 5" USR1; while :; do sleep 0.1; done' >/dev/null; sleep 0.3; docker kill -s USR1 a3; docker wait a3; docker logs a3; docker rm a3; docker create --name a5 busybox true >/dev/null; docker attach a5; docker rm a5
  a3
  5
  got
  a3
  You cannot attach to a stopped container, start it first
  a5
  $ docker run -d --name a6 busybox sleep 300 >/dev/null; docker pause a6; docker attach --no-stdin a6; docker unpause a6; docker rm -f a6; docker run --rm --detach-keys bogus-key busybox true; docker run --rm --detach-keys ctrl-x,x busybox echo ok
  a6
  You cannot attach to a paused container, unpause it first
  a6
  a6
  unable to upgrade to tcp, received 400
  ok
  $ echo data | docker run --rm -i busybox wc -c; docker run --rm busybox wc -c </dev/null; printf 'a\nb\n' | docker run --rm -i -a stdin -a stdout busybox tac
  5
  0
  b
  a
