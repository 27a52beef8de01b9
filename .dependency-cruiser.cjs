/** The import table: which room may import from which. A room not named in its list is forbidden to it. */
const MAY = {
  lib: [],
  abi: [],
  api: ['lib'],
  libc: ['abi', 'lib'],
  vfs: ['abi', 'lib'],
  kernel: ['vfs', 'abi', 'lib'],
  packs: ['abi', 'lib'],
  userland: ['libc', 'abi', 'lib'],
  internet: ['libc', 'abi', 'lib'],
  engine: ['api', 'libc', 'abi', 'lib'],
  cli: ['api', 'libc', 'abi', 'lib'],
  machine: ['lib', 'abi', 'api', 'libc', 'vfs', 'kernel', 'userland', 'internet', 'engine', 'cli'],
  ui: ['api', 'lib'],
  headless: ['machine', 'api', 'lib'],
  app: ['ui', 'machine', 'api', 'lib'],
  embed: ['ui', 'machine', 'api', 'lib'],
};
/** Rooms whose door is index.ts; the others (lib, abi, api, libc) have no index and each file is public. */
const DOORS = ['vfs', 'kernel', 'userland', 'internet', 'engine', 'cli', 'machine', 'ui'];
const ROOMS = Object.keys(MAY).join('|');
const tests = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'types may name each other; a component that shows itself within itself is no cycle',
      from: { pathNot: '\\.svelte$' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(MAY).map(([room, may]) => ({
      name: `${room}-imports`,
      severity: 'error',
      comment: `${room} may import: ${may.join(', ') || 'nothing'}`,
      from: { path: `^src/${room}/`, pathNot: tests },
      to: { path: '^src/', pathNot: `^src/(${[room, ...may].join('|')})/` },
    })),
    ...DOORS.map((room) => ({
      name: `${room}-door`,
      severity: 'error',
      comment: `other rooms reach ${room} only through its index.ts`,
      from: { path: `^(src/(?!${room}/)(${ROOMS})/|workers/)`, pathNot: tests },
      to: { path: `^src/${room}/`, pathNot: `^src/${room}/((index|remote|images)\\.ts$|styles/)` },
    })),
    {
      name: 'page-reaches-machine-by-type-only',
      severity: 'error',
      comment: 'the page reaches the machine only through the worker',
      from: { path: '^src/(app|embed)/' },
      to: { path: '^src/machine/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'core-no-node', severity: 'error', from: { path: '^src/(?!headless)', pathNot: tests }, to: { dependencyTypes: ['core'] } },
    { name: 'workers-entries', severity: 'error', from: { path: '^workers/' }, to: { path: '^src/', pathNot: '^src/(machine|api|lib|packs)/' } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.base.json' } },
};
