Attaching, with the log first, over a hijacked connection and a WebSocket. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ docker run -d --name en-a busybox sh -c 'echo early; sleep 2; echo late; exit 4' >/dev/null; docker attach en-a; echo rc $?
  late
  rc 4
  $ docker attach en-a
  You cannot attach to a stopped container, start it first
  [1]
  $ docker attach nosuchxx
  Error response from daemon: No such container: nosuchxx
  [1]
  $ docker create -i --name en-i busybox cat >/dev/null; echo hello | docker start -ai en-i; docker rm en-i
  hello
  en-i
  $ docker run -d --name en-lg busybox sh -c 'echo out; echo err >&2; sleep 600' >/dev/null; sleep 1
  $ curl -s -m 2 --unix-socket $S -X POST "http://d/v1.51/containers/en-lg/attach?logs=1&stdout=1" | od -An -c
   001  \0  \0  \0  \0  \0  \0 004  o  u  t  \n
  $ curl -s -m 2 --unix-socket $S -X POST "http://d/v1.41/containers/en-lg/attach?logs=1&stderr=1&stream=1" | od -An -c
   002  \0  \0  \0  \0  \0  \0 004  e  r  r  \n
  $ curl -si -m 2 --unix-socket $S -X POST "http://d/v1.51/containers/en-lg/attach?logs=1&stdout=1" | head -3 | od -An -c
    H  T  T  P  /  1  .  1  2  0  0  O  K  \r
    \n  C  o  n  t  e  n  t  -  T  y  p  e  :  a
    p  p  l  i  c  a  t  i  o  n  /  v  n  d  .  d
    o  c  k  e  r  .  r  a  w  -  s  t  r  e  a  m
    \r  \n  \r  \n
  $ curl -si -m 2 --unix-socket $S -X POST "http://d/v1.51/containers/en-lg/attach" | od -An -c
    H  T  T  P  /  1  .  1  2  0  0  O  K  \r
    \n  C  o  n  t  e  n  t  -  T  y  p  e  :  a
    p  p  l  i  c  a  t  i  o  n  /  v  n  d  .  d
    o  c  k  e  r  .  r  a  w  -  s  t  r  e  a  m
    \r  \n  \r  \n
  $ curl -si -m 2 --unix-socket $S -X POST "http://d/v1.51/containers/nosuchxx/attach" | tr -d '\r'
  HTTP/1.1 404 Not Found
  Content-Type: application/vnd.docker.raw-stream
  
  No such container: nosuchxx
  $ curl -si -m 2 --unix-socket $S -X POST "http://d/v1.51/containers/en-lg/attach?detachKeys=zz-9&stream=1&stdout=1" | tr -d '\r'
  HTTP/1.1 400 Bad Request
  Content-Type: application/vnd.docker.raw-stream
  
  Invalid detach keys (zz-9) provided
  $ curl -s -m 2 --unix-socket $S -X GET "http://d/v1.51/containers/en-lg/attach/ws?stream=1&stdout=1"; echo
  not websocket protocol
  $ docker rm -f en-lg en-a
  en-lg
  en-a
