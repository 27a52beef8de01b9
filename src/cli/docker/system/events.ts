import { GoTemplate, TemplateError } from '../../../lib/go-template.ts';
import { formatRfc3339NanoFixed } from '../../../lib/go-time.ts';
import { GoStruct, GoTyped, type GoValue } from '../../../lib/go-value.ts';
import { decode } from '../../../lib/utf8.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { timestamp } from '../times.ts';

interface Event {
  status?: string;
  id?: string;
  from?: string;
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes?: Record<string, string> | null };
  scope?: string;
  time: number;
  /** Nanoseconds since the Epoch: more than a number holds. */
  nanos: bigint;
}

export default command(function* (cli, flags) {
  const template = templateOf(flags.text('format'));
  if (template) show(SAMPLE, template);
  const client = yield* cli.client();
  const response = yield* client.call('GET', '/events', {
    query: {
      filters: filtersText(flags.list('filter')),
      since: timestamp(cli, flags.text('since')),
      until: timestamp(cli, flags.text('until')),
    },
  });
  let rest = '';
  for (let piece; (piece = yield* response.chunk()); ) {
    const lines = (rest + decode(piece)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield* cli.out.write(`${show(parse(line), template)}\n`);
    yield* cli.out.flush();
  }
  return 0;
});

/** An event to try templates with. */
const SAMPLE: Event = { Type: '', Action: '', Actor: { ID: '' }, time: 0, nanos: 0n };

function parse(line: string): Event {
  const event = JSON.parse(line) as Event;
  event.nanos = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0);
  return event;
}

function templateOf(format: string): GoTemplate | undefined {
  if (format === '') return undefined;
  try {
    return new GoTemplate(format === 'json' ? '{{json .}}' : format);
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`Error parsing format: ${error.message}`, 64);
    throw error;
  }
}

function show(event: Event, template: GoTemplate | undefined): string {
  if (!template) return textOf(event);
  try {
    return template.execute(valueOf(event));
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`Error parsing format: ${error.message}`, 64);
    throw error;
  }
}

/** `TIME TYPE ACTION ID (key=value, …)` */
function textOf({ nanos, time, Type, Action, Actor }: Event): string {
  const at =
    nanos === 0n
      ? formatRfc3339NanoFixed(time, 0)
      : formatRfc3339NanoFixed(Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n));
  const attributes = Object.entries(Actor.Attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const more = attributes.length === 0 ? '' : ` (${attributes.map(([k, v]) => `${k}=${v}`).join(', ')})`;
  return `${at} ${Type} ${Action} ${Actor.ID}${more}`;
}

function valueOf(event: Event): GoValue {
  const { status = '', id = '', from = '', Type, Action, Actor, scope = '', time, nanos } = event;
  return new GoStruct(
    '*events.Message',
    {
      Status: status,
      ID: id,
      From: from,
      Type: new GoTyped('events.Type', Type),
      Action: new GoTyped('events.Action', Action),
      Actor: new GoStruct('events.Actor', { ID: Actor.ID, Attributes: Actor.Attributes ?? {} }),
      Scope: scope,
      Time: time,
      TimeNano: nanos,
    },
    {
      json: {
        Status: 'status,omitempty',
        ID: 'id,omitempty',
        From: 'from,omitempty',
        Scope: 'scope,omitempty',
        Time: 'time,omitempty',
        TimeNano: 'timeNano,omitempty',
      },
    },
  );
}
