The images' part of the API, and its errors. Steps whose output depends on the machine of the recording are left out.
# needs: busybox
  $ S=${DOCKER_HOST:-unix:///var/run/docker.sock}; S=${S#unix://}; api() { curl -s --unix-socket "$S" -w ' %{http_code}\n' "$@" | sed -E 's/[0-9a-f]{64}/CID/g'; }; J='Content-Type: application/json'
  $ api -X POST http://d/images/create
  {"message":"Get \"http:\": http: no Host in request URL"}
   500
  $ api -X POST 'http://d/images/create?fromImage=Bad'
  {"message":"invalid reference format: repository name (library/Bad) must be lowercase"}
   400
  $ api -X POST 'http://d/images/create?fromImage=busybox@sha256:12'
  {"message":"invalid reference format"}
   400
  $ api -X POST 'http://d/images/create?fromImage=busybox&platform=a/b/c/d'
  {"message":"\"a/b/c/d\": cannot parse platform specifier: invalid argument"}
   400
  $ api -X POST 'http://d/images/create?fromSrc=-&repo=Bad' </dev/null
  {"message":"invalid reference format: repository name (library/Bad) must be lowercase"}
   400
  $ printf 'notatar' | api -X POST -H 'Content-Type: application/x-tar' --data-binary @- 'http://d/images/create?fromSrc=-&repo=en-bad' 
  {"message":"unexpected EOF"}
   500
  $ api http://d/images/nosuchxx/json
  {"message":"No such image: nosuchxx:latest"}
   404
  $ api http://d/images/nosuchxx/history
  {"message":"No such image: nosuchxx:latest"}
   404
  $ api http://d/images/nosuchxx/get
  {"message":"No such image: nosuchxx"}
   404
  $ api 'http://d/images/get?names=nosuchxx'
  {"message":"No such image: nosuchxx"}
   404
  $ api -X DELETE http://d/images/nosuchxx
  {"message":"No such image: nosuchxx:latest"}
   404
  $ api -X POST 'http://d/images/nosuchxx/tag?repo=x&tag=y'
  {"message":"No such image: nosuchxx:latest"}
   404
  $ api -X POST 'http://d/images/busybox/tag?repo=Bad&tag=y'
  {"message":"invalid reference format: repository name (library/Bad) must be lowercase"}
   400
  $ api -X POST 'http://d/images/busybox/tag?repo=en-t&tag=bad%20tag'
  {"message":"invalid tag format"}
   400
  $ api -X POST 'http://d/images/busybox/tag'
   200
  $ api -X POST 'http://d/images/busybox/tag?repo=en-t&tag=1'
   201
  $ api -X POST 'http://d/images/busybox/tag?repo=en-t@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
  {"message":"cannot import digest reference"}
   400
  $ api 'http://d/images/json?filters=%7B%22bad%22%3A%5B%22x%22%5D%7D'
  {"message":"invalid filter 'bad'"}
   400
  $ api 'http://d/images/json?filters=%7B%22dangling%22%3A%5B%22maybe%22%5D%7D'
  {"message":"invalid filter 'dangling=[maybe]'"}
   400
  $ api 'http://d/images/json?filters=%7B%22before%22%3A%5B%22nosuchxx%22%5D%7D'
  {"message":"No such image: nosuchxx:latest"}
   404
  $ api 'http://d/images/json?filters=bad'
  {"message":"invalid filter"}
   400
  $ api 'http://d/images/json?shared-size=1&filters=%7B%22reference%22%3A%5B%22en-t%22%5D%7D' | tr ',' '\n' | grep -E 'Containers|Shared' | sed 's/:[0-9]*$/:N/'
  [{"Containers":N
  "SharedSize":N
  $ api 'http://d/images/json?manifests=1&filters=%7B%22reference%22%3A%5B%22en-t%22%5D%7D' | tr ',' '\n' | grep -cE 'Manifests'
  0
  [1]
  $ api 'http://d/images/prune?filters=%7B%22bad%22%3A%5B%22x%22%5D%7D' -X POST
  {"message":"invalid filter 'bad'"}
   400
  $ api -X DELETE http://d/images/en-t:1
  [{"Untagged":"en-t:1"}]
   200
  $ api -X POST 'http://d/images/nosuchxx/push'
  {"status":"The push refers to repository [docker.io/library/nosuchxx]"}
  {"errorDetail":{"message":"An image does not exist locally with the tag: nosuchxx"},"error":"An image does not exist locally with the tag: nosuchxx"}
   200
  $ api -X POST 'http://d/images/nosuchxx/push' -H 'X-Registry-Auth: e30='
  {"status":"The push refers to repository [docker.io/library/nosuchxx]"}
  {"errorDetail":{"message":"An image does not exist locally with the tag: nosuchxx"},"error":"An image does not exist locally with the tag: nosuchxx"}
   200
  $ printf 'notatar' | api -X POST -H 'Content-Type: application/x-tar' --data-binary @- 'http://d/images/load'
  {"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}
   200
  $ api -X POST 'http://d/commit?container=nosuchxx'
  {"message":"No such container: nosuchxx"}
   404
  $ api -X POST 'http://d/commit'
  {"message":"invalid name or ID supplied: \"\""}
   400
  $ docker image inspect busybox --platform linux/arm64 2>&1 | head -3
  []
  Error response from daemon: image with reference busybox was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
  $ docker save --platform linux/arm64 busybox -o x.tar
  Error response from daemon: no suitable export target found for platform linux/arm64
  [1]
  $ docker history --platform linux/arm64 busybox
  Error response from daemon: image with reference busybox was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
  [1]
  $ docker image rm --platform linux/arm64 busybox
  Error response from daemon: image with reference busybox was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
  [1]
  $ docker run --platform linux/arm64 --pull never busybox true
  docker: Error response from daemon: image with reference busybox was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
  
  Run 'docker run --help' for more information
  [125]
  $ docker run --platform linux/amd64 --rm busybox echo ok
  ok
  $ docker run --platform bogus busybox true
  docker: error parsing specified platform: "bogus": unknown operating system or architecture: invalid argument
  
  Run 'docker run --help' for more information
  [125]
