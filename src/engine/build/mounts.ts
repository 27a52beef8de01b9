import { splitCsv } from '../../lib/csv.ts';
import type { Instruction } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';

/** A `--mount` of RUN. */
export interface StepMount {
  type: 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';
  /** Stage, image or named context that a bind or cache mount begins with. */
  from: string | undefined;
  source: string;
  target: string;
  readOnly: boolean;
  id: string;
  sharing: 'shared' | 'private' | 'locked';
  required: boolean;
  /** Permissions, undefined for the type's own. */
  mode: number | undefined;
  uid: number | undefined;
  gid: number | undefined;
  /** Bytes of a tmpfs. */
  size: number | undefined;
  /** Variable that a secret is given in. */
  env: string | undefined;
}

const mountFlags = (instruction: Instruction): string[] =>
  instruction.flags.filter((flag) => flag.startsWith('--mount=')).map((flag) => flag.slice('--mount='.length));

/** The `from=` values of an instruction's mounts. */
export function namesOfMounts(instruction: Instruction): string[] {
  const names: string[] = [];
  for (const text of mountFlags(instruction))
    for (const field of splitCsv(text)) {
      const m = /^from=(.+)$/i.exec(field);
      if (m) names.push(m[1]!);
    }
  return names;
}

/**
 * Reads the mounts of a RUN.
 * @param value replaces variables in a value
 * @throws DockerfileError
 */
export function mountsOf(instruction: Instruction, value: (text: string) => string): StepMount[] {
  return mountFlags(instruction).map((text) => {
    try {
      return parseMount(text, value);
    } catch (error) {
      if (error instanceof DockerfileError && error.first === 0)
        throw new DockerfileError(error.message, instruction.first, instruction.last);
      throw error;
    }
  });
}

const TYPES = new Set(['bind', 'cache', 'tmpfs', 'secret', 'ssh']);
const fail = (message: string): never => {
  throw new DockerfileError(message);
};

function parseMount(text: string, expandValue: (text: string) => string): StepMount {
  const mount: StepMount = {
    type: 'bind',
    from: undefined,
    source: '',
    target: '',
    readOnly: true,
    id: '',
    sharing: 'shared',
    required: false,
    mode: undefined,
    uid: undefined,
    gid: undefined,
    size: undefined,
    env: undefined,
  };
  const fields = splitCsv(text);
  let rw: boolean | undefined;
  for (const field of fields) {
    const m = /^type=(.*)$/i.exec(field);
    if (!m) continue;
    const type = expandValue(m[1]!.toLowerCase());
    if (!TYPES.has(type)) fail(`unsupported mount type ${JSON.stringify(type)}`);
    mount.type = type as StepMount['type'];
  }
  for (const field of fields) {
    const equals = field.indexOf('=');
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    if (equals < 0) {
      if (key === 'readonly' || key === 'ro') rw = false;
      else if (key === 'readwrite' || key === 'rw') rw = true;
      else if (key === 'required' && (mount.type === 'secret' || mount.type === 'ssh')) mount.required = true;
      else fail(`invalid field '${field}' must be a key=value pair`);
      continue;
    }
    const value = expandValue(field.slice(equals + 1));
    const number = (base: number): number => {
      const n = Number.parseInt(value, base);
      return Number.isNaN(n) ? fail(`invalid value ${value} for ${key}`) : n;
    };
    const flag = (): boolean =>
      /^(1|t|true)$/i.test(value) || (!/^(0|f|false)$/i.test(value) && fail(`invalid value for ${key}: ${value}`));
    switch (key) {
      case 'type':
        break;
      case 'from':
        mount.from = value;
        break;
      case 'source':
      case 'src':
        mount.source = value;
        break;
      case 'target':
      case 'dst':
      case 'destination':
        mount.target = value;
        break;
      case 'readonly':
      case 'ro':
        rw = !flag();
        break;
      case 'readwrite':
      case 'rw':
        rw = flag();
        break;
      case 'required':
        mount.required = flag();
        break;
      case 'id':
        mount.id = value;
        break;
      case 'sharing':
        if (!['shared', 'private', 'locked'].includes(value.toLowerCase()))
          fail(`unsupported sharing value ${JSON.stringify(value)}`);
        mount.sharing = value.toLowerCase() as StepMount['sharing'];
        break;
      case 'mode':
        mount.mode = number(8);
        break;
      case 'uid':
        mount.uid = number(10);
        break;
      case 'gid':
        mount.gid = number(10);
        break;
      case 'size':
        mount.size = bytesOf(value);
        break;
      case 'env':
        mount.env = value;
        break;
      default:
        fail(`unexpected key '${key}' in '${field}'`);
    }
  }
  return finish(mount, rw);
}

function finish(mount: StepMount, rw: boolean | undefined): StepMount {
  mount.readOnly = rw === undefined ? mount.type === 'bind' : !rw;
  if (mount.type === 'secret') {
    if (mount.id === '')
      mount.id = mount.source !== '' ? mount.source.replace(/^.*\//, '') : mount.target.replace(/^.*\//, '');
    if (mount.id === '') fail('invalid secret mount. one of source, target required');
    if (mount.target === '' && mount.env === undefined) mount.target = `/run/secrets/${mount.id.replace(/^.*\//, '')}`;
  } else if (mount.type === 'ssh') {
    if (mount.id === '') mount.id = 'default';
  } else if (mount.type === 'cache' && mount.id === '') mount.id = mount.target;
  return mount;
}

/** `64m`, `1g`: a size with a binary unit. */
function bytesOf(text: string): number {
  const m = /^(\d+)([kmg]?)i?b?$/i.exec(text);
  if (!m) return fail(`invalid size: '${text}'`);
  return Number(m[1]) * 1024 ** ' kmg'.indexOf(m[2]!.toLowerCase() || ' ');
}
