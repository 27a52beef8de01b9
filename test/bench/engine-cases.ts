/** One docker command that both engines carry out. */
export interface EngineCase {
  name: string;
  /** Words after `docker`; `$FIX` is the folder of files. */
  command: readonly string[];
  /** Milliseconds that a real engine took on the machine where they were recorded; absent: none was. */
  recorded?: number;
  /** How many times faster ours is to be. */
  factor?: number;
  /** Scripts before the first round, before each, and after the last. */
  setUp?: string;
  before?: string;
  tearDown?: string;
  /** Rounds of ours. */
  rounds?: number;
}

const QUIET = '>/dev/null 2>&1 || :';
const HOLD = `docker run -d --name ddbench busybox sleep 1000000 ${QUIET}`;
const DROP = `docker rm -f ddbench ${QUIET}`;

const DOCKERFILE = `mkdir -p $FIX/context; echo hello >$FIX/context/app.txt; cat >$FIX/context/Dockerfile <<END
FROM busybox
ENV SALT=$RANDOM$RANDOM$RANDOM
WORKDIR /app
COPY app.txt .
RUN echo 1 > a
RUN echo 2 > b
RUN echo 3 > c
RUN mkdir d && echo 4 > d/e
LABEL a=b
EXPOSE 80
CMD ["cat", "app.txt"]
END`;

/** The life of containers, networks and volumes. */
const LIFE: readonly EngineCase[] = [
  {
    name: 'docker run --rm busybox true',
    command: ['run', '--rm', 'busybox', 'true'],
    recorded: 344,
    factor: 50,
    rounds: 40,
  },
  {
    name: 'docker run -d',
    command: ['run', '-d', '--name', 'ddbench', 'busybox', 'sleep', '1000000'],
    before: DROP,
    tearDown: DROP,
    recorded: 209,
    factor: 50,
    rounds: 30,
  },
  {
    name: 'docker exec … true',
    command: ['exec', 'ddbench', 'true'],
    setUp: HOLD,
    tearDown: DROP,
    recorded: 64,
    factor: 30,
    rounds: 40,
  },
  {
    name: 'docker kill',
    command: ['kill', 'ddbench'],
    before: `${DROP}; ${HOLD}`,
    tearDown: DROP,
    recorded: 135,
    factor: 50,
    rounds: 20,
  },
  {
    name: 'docker rm -f of a running container',
    command: ['rm', '-f', 'ddbench'],
    before: HOLD,
    recorded: 103,
    factor: 50,
    rounds: 20,
  },
  {
    name: 'docker network create',
    command: ['network', 'create', 'ddbench'],
    before: `docker network rm ddbench ${QUIET}`,
    recorded: 114,
    factor: 100,
    rounds: 20,
  },
  {
    name: 'docker network rm',
    command: ['network', 'rm', 'ddbench'],
    before: `docker network create ddbench ${QUIET}`,
    recorded: 205,
    rounds: 20,
  },
  {
    name: 'docker volume create',
    command: ['volume', 'create', 'ddbench'],
    before: `docker volume rm ddbench ${QUIET}`,
    tearDown: `docker volume rm ddbench ${QUIET}`,
    recorded: 22,
    rounds: 20,
  },
  {
    name: 'docker logs, 100,000 lines',
    command: ['logs', 'ddbench'],
    setUp: `docker run --name ddbench busybox sh -c 'seq 1 100000 | sed "s/$/ the quick brown fox jumps over the lazy dog/"' ${QUIET}`,
    tearDown: DROP,
    recorded: 608,
    factor: 5,
    rounds: 7,
  },
  {
    name: 'docker run printing 100,000 lines',
    command: ['run', '--rm', 'busybox', 'seq', '100000'],
    recorded: 560,
    rounds: 7,
  },
];

/** Bytes: what is copied, hashed and packed. */
const BYTES: readonly EngineCase[] = [
  {
    name: 'docker cp, 10 MB in',
    command: ['cp', '$FIX/f10m', 'ddbench:/f10m'],
    setUp: `head -c 10485760 </dev/zero | tr '\\0' x >$FIX/f10m; docker create --name ddbench busybox ${QUIET}`,
    recorded: 87,
    factor: 2,
    rounds: 10,
  },
  {
    name: 'docker cp, 10 MB out',
    command: ['cp', 'ddbench:/f10m', '$FIX/out'],
    before: 'rm -f $FIX/out',
    recorded: 97,
    factor: 2,
    rounds: 10,
  },
  {
    name: 'docker commit, 10 MB',
    command: ['commit', 'ddbench', 'ddbench:10'],
    before: `docker rmi -f ddbench:10 ${QUIET}`,
    recorded: 117,
    factor: 2,
    rounds: 7,
  },
  {
    name: 'docker load, 11 MB in two layers',
    command: ['load', '-i', '$FIX/image.tar'],
    setUp: `docker save -o $FIX/image.tar ddbench:10 ${QUIET}`,
    before: `docker rmi -f ddbench:10 ${QUIET}`,
    tearDown: `${DROP}; docker rmi -f ddbench:10 ${QUIET}`,
    recorded: 222,
    factor: 2,
    rounds: 7,
  },
  {
    name: 'docker diff, 1,000 files',
    command: ['diff', 'ddbench'],
    setUp: `docker run --name ddbench busybox sh -c 'mkdir /x; for i in $(seq 1000); do echo $i > /x/$i; done' ${QUIET}`,
    recorded: 45,
    factor: 10,
    rounds: 20,
  },
  {
    name: 'docker commit, 1,000 files',
    command: ['commit', 'ddbench', 'ddbench:1000'],
    before: `docker rmi -f ddbench:1000 ${QUIET}`,
    tearDown: `${DROP}; docker rmi -f ddbench:1000 ${QUIET}`,
    recorded: 186,
    rounds: 7,
  },
];

const BUILD: readonly EngineCase[] = [
  {
    name: 'docker build, 10 steps, cold',
    command: ['build', '-q', '-t', 'ddbench', '$FIX/context'],
    before: DOCKERFILE,
    recorded: 1827,
    factor: 30,
    rounds: 10,
  },
  {
    name: 'docker build, 10 steps, cached',
    command: ['build', '-q', '-t', 'ddbench', '$FIX/context'],
    recorded: 350,
    factor: 7,
    rounds: 20,
  },
  {
    name: 'docker build, a context of 1,000 files',
    command: ['build', '-q', '--no-cache', '-t', 'ddbench', '$FIX/many-files'],
    setUp: `mkdir -p $FIX/many-files; for i in $(seq 1000); do echo $i >$FIX/many-files/$i; done
printf 'FROM busybox\\nCOPY . /x\\n' >$FIX/many-files/Dockerfile`,
    rounds: 5,
  },
  {
    name: 'docker build, a layer of 100 MB',
    command: ['build', '-q', '--no-cache', '-t', 'ddbench', '$FIX/big'],
    setUp: `mkdir -p $FIX/big; printf 'FROM busybox\\nRUN head -c 100000000 /dev/zero >/big\\n' >$FIX/big/Dockerfile`,
    tearDown: `docker rmi -f ddbench ${QUIET}`,
    rounds: 3,
  },
];

export const ENGINE_CASES: readonly EngineCase[] = [...LIFE, ...BYTES, ...BUILD];
