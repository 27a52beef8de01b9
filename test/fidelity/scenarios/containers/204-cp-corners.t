docker cp: where things land, from and to containers, streams, and what it refuses.
# needs: busybox
  $ cd "$(mktemp -d)"; mkdir -p d/sub; echo f >f; echo g >d/g; ln -s g d/link; docker run -d --name cc busybox sleep 300 >/dev/null
  $ docker cp f cc:/tmp/new; docker exec cc cat /tmp/new; docker cp f cc:/tmp; docker exec cc cat /tmp/f; docker cp f cc:/nosuch/x
  f
  f
  Error response from daemon: Could not find the file /nosuch in container cc
  [1]
  $ docker cp d cc:/tmp/dd; docker exec cc sh -c 'cd /tmp/dd; ls -l link g | wc -l; find . | sort'; docker cp d cc:/tmp/dd; docker exec cc sh -c 'cd /tmp/dd; find . | sort'; docker cp d/. cc:/tmp/dd
  2
  .
  ./g
  ./link
  ./sub
  .
  ./d
  ./d/g
  ./d/link
  ./d/sub
  ./g
  ./link
  ./sub
  $ docker cp cc:/tmp/dd out; find out | sort; docker cp cc:/tmp/dd/. out2; ls -d out2; find out2 | sort; docker cp cc:/tmp/f -| tar -t; docker cp cc:/nosuch .; docker cp cc:/tmp/f /nosuch/; docker cp cc:/tmp/f ./out
  out
  out/d
  out/d/g
  out/d/link
  out/d/sub
  out/g
  out/link
  out/sub
  out2
  out2
  out2/d
  out2/d/g
  out2/d/link
  out2/d/sub
  out2/g
  out2/link
  out2/sub
  f
  Error response from daemon: Could not find the file /nosuch in container cc
  no such directory
  $ docker cp -L cc:/tmp/dd/link l1; cat l1; docker cp cc:/tmp/dd/link l2; test -L l2 && echo link; ln -s f hl; docker cp hl cc:/tmp/hl; docker exec cc sh -c 'test -L /tmp/hl && echo link'; docker cp -L hl cc:/tmp/hl2; docker exec cc cat /tmp/hl2
  g
  link
  link
  f
  $ tar -c f d | docker cp - cc:/tmp/dd/sub; docker exec cc sh -c 'cd /tmp/dd/sub; find . | sort'; echo x | docker cp - cc:/tmp; docker cp - cc:/tmp/f </dev/null; tar -c f | docker cp - cc:/nosuch
  .
  ./d
  ./d/g
  ./d/link
  ./d/sub
  ./f
  Error response from daemon: unexpected EOF
  destination "cc:/tmp/f" must be a directory
  destination "cc:/nosuch" must be a directory
  [1]
  $ docker cp cc:/etc cc:/tmp; docker cp f; docker cp f f; docker cp :/x y; docker cp cc:relative/x .; docker cp cc:tmp/f rel; cat rel; docker cp -q f cc:/tmp/q; docker cp cc:/dev/null devnull; ls -l devnull | cut -c1
  copying between containers is not supported
  docker: 'docker cp' requires 2 arguments
  
  Usage:  docker cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-
  	docker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH
  
  Run 'docker cp --help' for more information
  must specify at least one container source
  must specify at least one container source
  Error response from daemon: Could not find the file relative/x in container cc
  f
  Error response from daemon: Could not find the file /dev/null in container cc
  ls: cannot access 'devnull': No such file or directory
  $ docker stop -t 0 cc >/dev/null; docker cp f cc:/tmp/stopped; docker cp cc:/tmp/stopped st; cat st; docker cp -a f cc:/tmp/a; chmod 741 f; docker cp f cc:/tmp/m; docker start cc >/dev/null; docker exec cc stat -c '%a %u:%g' /tmp/m; docker cp cc:/proc/version p; test -s p && echo some; docker cp cc:/etc/hostname h; wc -l <h; docker rm -f cc
  f
  741 0:0
  Error response from daemon: Could not find the file /proc/version in container cc
  1
  cc
