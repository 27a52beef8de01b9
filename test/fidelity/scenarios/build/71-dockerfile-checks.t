What is wrong with a Dockerfile, in the order in which the builder looks, and dates that are handed in.

  $ check() { printf "$1" > Dockerfile; docker build --check . 2>&1 | grep -v '^#' | grep .; }
  $ check 'FROM busybox\nCOPY a\nENV A\n'
  ERROR: ENV must have two arguments
  Dockerfile:3
  --------------------
    1 |  FROM busybox
    2 |  COPY a
    3 | >>> ENV A
    4 |
  --------------------
  $ check 'FROM busybox\nMAINTAINER x\nWORKDIR --platform=x y\n'
  Check complete, 1 warning has been found!
  WARNING: MaintainerDeprecated - https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/
  Maintainer instruction is deprecated in favor of using label
  Dockerfile:2
  --------------------
    1 |  FROM busybox
    2 | >>> MAINTAINER x
    3 |  WORKDIR --platform=x y
    4 |
  --------------------
  ERROR: dockerfile parse error on line 3: unknown flag: --platform
  Dockerfile:3
  --------------------
    1 |  FROM busybox
    2 |  MAINTAINER x
    3 | >>> WORKDIR --platform=x y
    4 |
  --------------------
  $ check 'FROM busybox\nVOLUME ["a"] x\nEXPOSE 80 "8 1"\n'
  ERROR: failed to process "\"8": unexpected end of statement while looking for matching double-quote
  Dockerfile:3
  --------------------
    1 |  FROM busybox
    2 |  VOLUME ["a"] x
    3 | >>> EXPOSE 80 "8 1"
    4 |
  --------------------
  $ check 'FROM busybox AS X\nCOPY --from=zz:- a b\n'
  Check complete, 1 warning has been found!
  WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
  Stage name 'X' should be lowercase
  Dockerfile:1
  --------------------
    1 | >>> FROM busybox AS X
    2 |  COPY --from=zz:- a b
    3 |
  --------------------
  ERROR: failed to parse stage name "zz:-": invalid reference format
  Dockerfile:2
  --------------------
    1 |  FROM busybox AS X
    2 | >>> COPY --from=zz:- a b
    3 |
  --------------------
  $ check 'FROM busybox\nRUN --mount=type=cache true\nrom a\n'
  ERROR: dockerfile parse error on line 3: unknown instruction: rom (did you mean from?)
  Dockerfile:3
  --------------------
    1 |  FROM busybox
    2 |  RUN --mount=type=cache true
    3 | >>> rom a
    4 |
  --------------------
  $ check 'FROM busybox\nHEALTHCHECK --keep-git-dir=true NONE\nSTOPSIGNAL --x 9\n'
  Check complete, no warnings found.
  $ check 'FROM busybox\nLABEL a=b c\n'
  ERROR: Syntax error - can't find = in "c". Must be of the form: name=value
  Dockerfile:2
  --------------------
    1 |  FROM busybox
    2 | >>> LABEL a=b c
    3 |
  --------------------
  $ printf 'FROM busybox\nRUN echo hi\nCMD ["x"]\n' > Dockerfile
  $ docker build -q --target zz . 2>&1 | tail -n 1
  ERROR: failed to build: failed to solve: target stage "zz" could not be found
  $ SOURCE_DATE_EPOCH=1700000000 docker build -q -t dated . >/dev/null; docker image inspect dated --format '{{.Created}}'
  <time>
  $ docker history --human=false --format '{{.CreatedAt}} {{.CreatedBy}}' dated | head -n 2
  <time> CMD ["x"]
  <time> RUN /bin/sh -c echo hi # buildkit
  $ docker build -q --build-arg SOURCE_DATE_EPOCH=x .
  ERROR: failed to build: failed to solve: invalid SOURCE_DATE_EPOCH: x: strconv.ParseInt: parsing "x": invalid syntax
  [1]
  $ docker build --progress plain - < Dockerfile 2>&1 | grep -c 'load build context'
  0
  [1]
  $ docker builder prune -f --filter until=x
  ERROR: "until" filter expects a duration (e.g., '24h'): time: invalid duration "x"
  [1]

