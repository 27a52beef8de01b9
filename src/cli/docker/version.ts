import { GoTemplate, TemplateError } from '../../lib/go-template.ts';
import { formatAnsic, parseRfc3339 } from '../../lib/go-time.ts';
import { GoError, GoNil, GoStruct, type GoValue } from '../../lib/go-value.ts';
import { command } from './command.ts';
import { currentContext } from './context/store.ts';
import { CliError, messageOf } from './errors.ts';
import { executeTemplate } from './format/formatter.ts';
import { alignColumns } from './format/tab-writer.ts';
import { CLIENT } from './version-data.ts';

interface Component {
  Name: string;
  Version: string;
  Details?: Record<string, string> | null;
}

interface ServerVersion {
  Platform: { Name: string };
  Version: string;
  ApiVersion: string;
  MinAPIVersion: string;
  GitCommit: string;
  GoVersion: string;
  Os: string;
  Arch: string;
  KernelVersion: string;
  BuildTime: string;
  Experimental?: boolean;
  Components?: Component[] | null;
}

export default command(function* (cli, flags) {
  const template = templateOf(flags.text('format'));
  const context = currentContext(cli);
  let server: ServerVersion | undefined;
  let failure: string | undefined;
  let api: string = CLIENT.apiVersion;
  const client = yield* cli.client();
  try {
    api = yield* client.apiVersion();
    server = yield* client.json<ServerVersion>('GET', '/version');
  } catch (error) {
    failure = messageOf(error);
  }
  if (!template) yield* cli.out.write(pretty(context, api, server));
  else {
    const { output, error } = executeTemplate(template, versionValue(context, api, server));
    yield* cli.out.write(`${output}\n`);
    failure ??= error;
  }
  yield* cli.out.flush();
  if (failure !== undefined) throw new CliError(failure);
  return 0;
});

function pretty(context: string, api: string, server: ServerVersion | undefined): string {
  const apiText = api === CLIENT.apiVersion ? api : `${api} (downgraded from ${CLIENT.apiVersion})`;
  const client = [
    'Client:',
    ` Version:\t${CLIENT.version}`,
    ` API version:\t${apiText}`,
    ` Go version:\t${CLIENT.goVersion}`,
    ` Git commit:\t${CLIENT.gitCommit}`,
    ` Built:\t${CLIENT.buildTime}`,
    ` OS/Arch:\t${CLIENT.os}/${CLIENT.arch}`,
    ` Context:\t${context}`,
  ];
  const lines = [...client];
  if (server) {
    lines.push('', `Server:${server.Platform.Name === '' ? '' : ` ${server.Platform.Name}`}`);
    for (const component of server.Components ?? []) lines.push(...componentLines(component));
  }
  return alignColumns(`${lines.join('\n')}\n`, 20, 1);
}

function componentLines({ Name, Version, Details }: Component): string[] {
  const d = Details ?? {};
  if (Name !== 'Engine')
    return [
      ` ${Name}:`,
      `  Version:\t${Version}`,
      ...Object.keys(d)
        .sort()
        .map((key) => `  ${key}:\t${d[key]}`),
    ];
  return [
    ' Engine:',
    `  Version:\t${Version}`,
    `  API version:\t${d.ApiVersion} (minimum version ${d.MinAPIVersion})`,
    `  Go version:\t${d.GoVersion}`,
    `  Git commit:\t${d.GitCommit}`,
    `  Built:\t${builtText(d.BuildTime ?? '')}`,
    `  OS/Arch:\t${d.Os}/${d.Arch}`,
    `  Experimental:\t${d.Experimental}`,
  ];
}

/** The time that a build says, as ANSI C writes it. */
function builtText(text: string): string {
  try {
    return formatAnsic(parseRfc3339(text).sec);
  } catch (error) {
    if (error instanceof GoError) return text;
    throw error;
  }
}

function templateOf(format: string): GoTemplate | undefined {
  if (format === '') return undefined;
  try {
    return new GoTemplate(format === 'json' ? '{{json .}}' : format, { name: 'version' });
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

function versionValue(context: string, api: string, server: ServerVersion | undefined): GoValue {
  const client: GoValue = new GoStruct(
    'system.clientVersion',
    {
      Version: CLIENT.version,
      APIVersion: api,
      DefaultAPIVersion: CLIENT.apiVersion,
      GitCommit: CLIENT.gitCommit,
      GoVersion: CLIENT.goVersion,
      Os: CLIENT.os,
      Arch: CLIENT.arch,
      BuildTime: CLIENT.buildTime,
      Context: context,
    },
    { json: { APIVersion: 'ApiVersion' } },
  );
  return new GoStruct('system.versionInfo', { Client: client, Server: serverValue(server) });
}

/** Fields of types.Version as they stand there. */
const ORDER =
  'Platform Components Version APIVersion MinAPIVersion GitCommit GoVersion Os Arch KernelVersion Experimental BuildTime'.split(
    ' ',
  );

const inOrder = (fields: Record<string, GoValue>): Record<string, GoValue> =>
  Object.fromEntries(ORDER.filter((name) => name in fields).map((name) => [name, fields[name]!]));

function serverValue(server: ServerVersion | undefined): GoValue {
  if (!server) return new GoNil('*system.serverVersion');
  const { Platform, Components, ApiVersion, Experimental, ...rest } = server;
  const fields = {
    Platform: new GoStruct('struct { Name string }', Platform),
    Components: (Components ?? []).map(
      (c) => new GoStruct('types.ComponentVersion', { Name: c.Name, Version: c.Version, Details: c.Details ?? {} }),
    ),
    ...rest,
    APIVersion: ApiVersion,
    ...(Experimental !== undefined && { Experimental }),
    BuildTime: builtText(rest.BuildTime),
  };
  return new GoStruct('*types.Version', inOrder(fields), { json: { APIVersion: 'ApiVersion' } });
}
