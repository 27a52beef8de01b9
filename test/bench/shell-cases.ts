/** One script that our bash and the real shells run; what it is to reach. */
export interface ShellCase {
  name: string;
  script: string;
  /** Targets: how many times faster than each partner ours is to be (0.25: within four times of it). */
  bash?: number;
  ash?: number;
  /** By the clock: most of what a fork and a wait cost is not the processor time of the two. */
  waits?: boolean;
}

/** Loops, functions, patterns and string operations: the interpreter itself. */
const INTERPRETER: readonly ShellCase[] = [
  {
    name: 'while loop, 100,000 steps',
    script: 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo $i',
    bash: 5,
    ash: 2,
  },
  {
    name: 'function calls, 50,000',
    script: 'f() { r=$(( $1 + 1 )); }; i=0; while [ $i -lt 50000 ]; do f $i; i=$r; done; echo $i',
    bash: 5,
    ash: 2,
  },
  {
    name: 'string operations, 50,000',
    script:
      's=hello.world.tar.gz; i=0; while [ $i -lt 50000 ]; do a=${s%.gz}; b=${a##*.}; c=${#s}; i=$((i+1)); done; echo $a $b $c',
    bash: 5,
    ash: 2,
  },
  {
    name: 'for over $(seq 20000)',
    script: 'n=0; for f in $(seq 1 20000); do n=$((n+f)); done; echo $n',
    bash: 5,
    ash: 2,
  },
  {
    name: 'case, 50,000',
    script:
      'i=0; while [ $i -lt 50000 ]; do case $i in *9) x=nine;; *[0-4]) x=low;; *) x=o;; esac; i=$((i+1)); done; echo $x',
    bash: 5,
    ash: 2,
  },
  {
    name: 'read loop, 100,000 lines',
    script: 'n=0; while read a b c; do n=$((n+1)); done < $FIX/l100k; echo $n',
    bash: 5,
    ash: 2,
  },
  {
    name: 'arithmetic for, 50,000',
    script: 'for ((i = 0, s = 0; i < 50000; i++)); do ((s += i % 7)); done; echo $s',
    bash: 5,
  },
  {
    name: 'array and local, 20,000',
    script:
      'a=(); f() { local x=$1 y; y=${x}y; a+=("$y"); }; for ((i = 0; i < 20000; i++)); do f $i; done; echo ${#a[@]} ${a[777]}',
    bash: 5,
  },
  {
    name: '[[ ]] and printf -v, 50,000',
    script: 'for ((i = 0; i < 50000; i++)); do if [[ $i == *5 && -n $i ]]; then printf -v x %05d $i; fi; done; echo $x',
    bash: 5,
  },
];

/** Processes: no fork of a real one can be as cheap as a generator. */
const PROCESSES: readonly ShellCase[] = [
  {
    name: 'command substitutions, 2,000',
    script: 'i=0; while [ $i -lt 2000 ]; do x=$(echo $i); i=$((i+1)); done; echo $x',
    bash: 20,
    waits: true,
  },
  {
    name: '/bin/true, 2,000 times',
    script: 'i=0; while [ $i -lt 2000 ]; do /bin/true; i=$((i+1)); done; echo $i',
    bash: 20,
    waits: true,
  },
  {
    name: 'echo | cat, 500 times',
    script: 'i=0; while [ $i -lt 500 ]; do echo $i | cat >/dev/null; i=$((i+1)); done; echo $i',
    bash: 20,
    waits: true,
  },
];

/** Text tools, against GNU's; awk against busybox's. */
const TOOLS: readonly ShellCase[] = [
  { name: 'seq 1M | grep 7 | wc -l', script: 'seq 1 1000000 | grep 7 | wc -l', bash: 0.25 },
  { name: 'seq 200k | sort -rn | head', script: 'seq 200000 | sort -rn | head -n 3', bash: 0.25 },
  { name: 'sort, 100,000 lines', script: 'sort $FIX/l100k | tail -n 1', bash: 0.25 },
  { name: 'sort -k3 -u, 500,000 lines', script: 'sort -k3,3n -u $FIX/l500k | tail -n 1', bash: 0.25 },
  {
    name: 'sed, two substitutions, 100,000 lines',
    script: "sed 's/quick/slow/;s/o/0/g' $FIX/l100k | tail -n 1",
    bash: 0.25,
  },
  {
    name: 'sed -E with groups, 100,000 lines',
    script: `sed -E 's/line ([0-9]+) (the) ([a-z]+)/\\3 \\1/' $FIX/l100k | tail -n 1`,
    bash: 0.25,
  },
  { name: 'grep -c of a pattern, 500,000 lines', script: "grep -c 'word[0-9]*7 ' $FIX/l500k", bash: 0.25 },
  { name: 'grep -i, 500,000 lines', script: 'grep -ic WORD96 $FIX/l500k', bash: 0.25 },
  { name: 'grep -v of a word, 500,000 lines', script: 'grep -v word1 $FIX/l500k | wc -c', bash: 0.25 },
  { name: 'wc, 500,000 lines', script: 'wc $FIX/l500k | cut -c1-30', bash: 0.25 },
  { name: 'cut -d, 500,000 lines', script: "cut -d' ' -f2 $FIX/l500k | tail -n 1", bash: 0.25 },
  { name: 'tr, 500,000 lines', script: 'tr a-z A-Z <$FIX/l500k | tail -n 1', bash: 0.25 },
  {
    name: 'sort | uniq -c | sort -rn',
    script: "cut -d' ' -f2 $FIX/l500k | sort | uniq -c | sort -rn | head -n 2",
    bash: 0.25,
  },
  { name: 'find, 10,000 files', script: "find $FIX/many -name '*.txt' | wc -l", bash: 0.5 },
  { name: 'awk, a sum over 500,000 lines', script: "awk '{s+=$3} END {print s}' $FIX/l500k", ash: 1 },
  {
    name: 'awk, count by word, 500,000 lines',
    script: "awk '{n[$2]++} END {for (w in n) s += n[w]; print s, length(n)}' $FIX/l500k",
    ash: 1,
  },
  {
    name: 'awk -F, match and print, 500,000 lines',
    script: `awk '/word9/ && $1 % 2 { print $1 ":" $3 }' $FIX/l500k | tail -n 1`,
    ash: 1,
  },
  { name: 'tar, 1,000 files', script: 'cd $FIX && tar -cf - t1000 | tar -tf - | wc -l', bash: 0.25 },
  { name: 'sha256sum, 20 MB', script: 'sha256sum <$FIX/f20m', bash: 0.5 },
  { name: 'gzip, 5 MB', script: 'gzip -c $FIX/f5m | gzip -d | wc -c', bash: 0.25 },
];

export const SHELL_CASES: Readonly<Record<'shell' | 'tools', readonly ShellCase[]>> = {
  shell: [...INTERPRETER, ...PROCESSES],
  tools: TOOLS,
};
