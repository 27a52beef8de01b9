import { formatDuration } from '../../../lib/go-duration.ts';
import { formatGoTime, parseRfc3339, ZERO_TIME } from '../../../lib/go-time.ts';
import { GoMap, GoNil, GoSlice, GoStruct, GoTyped, type GoValue } from '../../../lib/go-value.ts';
import { ALIASES, fieldsOf } from './types.ts';

/** Kinds of things that `inspect` knows the Go type of. */
export const INSPECTED: Readonly<Record<string, string>> = {
  container: 'container.InspectResponse',
  image: 'image.InspectResponse',
  network: 'network.Inspect',
  volume: 'volume.Volume',
};

/** A value from JSON as Go has it once it is decoded into a type: what is not there is the type's zero. */
export function typedValue(value: unknown, type: string): GoValue {
  if (type.startsWith('*')) return pointer(value, type);
  const real = ALIASES[type] ?? type;
  if (real === '[2]string') return new GoSlice(type, Array.isArray(value) ? (value as GoValue[]) : ['', '']);
  if (real.startsWith('[]')) {
    const items = Array.isArray(value) ? value.map((v) => typedValue(v, real.slice(2))) : null;
    return new GoSlice(type, items);
  }
  if (real.startsWith('map[')) {
    const element = real.slice(real.indexOf(']') + 1);
    if (typeof value !== 'object' || value === null) return new GoMap(real, null);
    return new GoMap(real, new Map(Object.entries(value).map(([k, v]) => [k, typedValue(v, element)])));
  }
  if (fieldsOf(real)) return struct(value, real, real);
  return scalar(value, real);
}

function pointer(value: unknown, type: string): GoValue {
  if (value === null || value === undefined) return new GoNil(type);
  const element = type.slice(1);
  return fieldsOf(element) ? struct(value, element, type) : typedValue(value, element);
}

function struct(value: unknown, type: string, shown: string): GoStruct {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const fields: Record<string, GoValue> = {};
  const json: Record<string, string> = {};
  for (const field of fieldsOf(type)!) {
    fields[field.name] = typedValue(given[field.json], field.type);
    const zeroDuration = field.type === 'time.Duration' && !given[field.json];
    if (zeroDuration && field.omitempty) json[field.name] = '-';
    else if (field.json !== field.name || field.omitempty)
      json[field.name] = `${field.json}${field.omitempty ? ',omitempty' : ''}`;
  }
  return new GoStruct(shown, fields, { json });
}

function scalar(value: unknown, type: string): GoValue {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : '';
    case 'bool':
      return value === true;
    case 'time.Time':
      return time(typeof value === 'string' ? value : ZERO_TIME);
    case 'time.Duration':
      return duration(typeof value === 'number' ? value : 0);
    case 'interface {}':
      return value as GoValue;
    default:
      return new GoTyped(type, typeof value === 'number' ? value : 0);
  }
}

/** A time.Time: prints as Go does, in JSON as it came. */
function time(text: string): GoValue {
  const { sec, nsec } = parseRfc3339(text);
  return new GoStruct(
    'time.Time',
    {},
    { string: () => formatGoTime(sec, nsec), marshalJSON: () => JSON.stringify(text) },
  );
}

/** A time.Duration: prints as `1m30s`, in JSON as nanoseconds. */
function duration(nanoseconds: number): GoValue {
  return new GoStruct(
    'time.Duration',
    {},
    { string: () => formatDuration(nanoseconds), marshalJSON: () => String(nanoseconds) },
  );
}
