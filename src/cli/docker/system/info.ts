import { GoTemplate, TemplateError } from '../../../lib/go-template.ts';
import { GoSlice, GoStruct } from '../../../lib/go-value.ts';
import { bytesSize } from '../../../lib/units.ts';
import { command } from '../command.ts';
import { currentContext } from '../context/store.ts';
import { CliError, DaemonError, messageOf } from '../errors.ts';
import { executeTemplate } from '../format/formatter.ts';
import { typedValue } from '../typed/value.ts';
import { CLIENT } from '../version-data.ts';

interface Info {
  Containers: number;
  ContainersRunning: number;
  ContainersPaused: number;
  ContainersStopped: number;
  Images: number;
  ServerVersion: string;
  Driver: string;
  DriverStatus: [string, string][] | null;
  LoggingDriver: string;
  CgroupDriver: string;
  CgroupVersion: string;
  Plugins: { Volume: string[]; Network: string[]; Authorization: string[] | null; Log: string[] };
  CDISpecDirs?: string[] | null;
  Swarm: { LocalNodeState: string };
  Runtimes: Record<string, unknown>;
  DefaultRuntime: string;
  InitBinary: string;
  ContainerdCommit: { ID: string };
  RuncCommit: { ID: string };
  InitCommit: { ID: string };
  SecurityOptions: string[] | null;
  KernelVersion: string;
  OperatingSystem: string;
  OSType: string;
  Architecture: string;
  NCPU: number;
  MemTotal: number;
  Name: string;
  ID: string;
  DockerRootDir: string;
  Debug: boolean;
  NFd?: number;
  NGoroutines?: number;
  SystemTime?: string;
  NEventsListener?: number;
  DefaultAddressPools?: { Base: string; Size: number }[];
  HttpProxy?: string;
  HttpsProxy?: string;
  NoProxy?: string;
  Labels: string[] | null;
  ExperimentalBuild: boolean;
  RegistryConfig: {
    InsecureRegistryCIDRs: string[] | null;
    Mirrors: string[] | null;
    IndexConfigs?: Record<string, { Secure: boolean }>;
  };
  LiveRestoreEnabled: boolean;
  Warnings: string[] | null;
  [field: string]: unknown;
}

export default command(function* (cli, flags) {
  const template = templateOf(flags.text('format'));
  let info: Info | undefined;
  let failure: string | undefined;
  try {
    info = yield* (yield* cli.client()).json<Info>('GET', '/info');
  } catch (error) {
    failure = messageOf(error);
    if (error instanceof DaemonError) failure = error.message;
  }
  const context = currentContext(cli);
  const debug = cli.globals.bool('debug');
  if (template) {
    const { output, error } = executeTemplate(template, infoValue(info, failure, context, debug));
    yield* cli.out.write(`${output}\n`);
    yield* cli.out.flush();
    if (failure !== undefined) yield* cli.warn(failure);
    if (error !== undefined || failure !== undefined) throw new CliError(error ?? '');
    return 0;
  }
  const lines = [
    'Client:',
    ` Version:    ${CLIENT.version}`,
    ` Context:    ${context}`,
    ` Debug Mode: ${debug}`,
    '',
    'Server:',
  ];
  if (info) lines.push(...serverLines(info), '');
  yield* cli.out.write(`${lines.join('\n')}\n`);
  yield* cli.out.flush();
  if (failure !== undefined) throw new CliError(failure);
  for (const warning of info?.Warnings ?? []) yield* cli.warn(warning);
  return 0;
});

function serverLines(i: Info): string[] {
  const names = (list: readonly string[] | null | undefined): string => (list ?? []).join(' ');
  const lines = [
    ` Containers: ${i.Containers}`,
    `  Running: ${i.ContainersRunning}`,
    `  Paused: ${i.ContainersPaused}`,
    `  Stopped: ${i.ContainersStopped}`,
    ` Images: ${i.Images}`,
    ` Server Version: ${i.ServerVersion}`,
    ` Storage Driver: ${i.Driver}`,
    ...(i.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${i.LoggingDriver}`,
    ` Cgroup Driver: ${i.CgroupDriver}`,
    ` Cgroup Version: ${i.CgroupVersion}`,
    ' Plugins:',
    `  Volume: ${names(i.Plugins.Volume)}`,
    `  Network: ${names(i.Plugins.Network)}`,
    ...(i.Plugins.Authorization?.length ? [`  Authorization: ${names(i.Plugins.Authorization)}`] : []),
    `  Log: ${names(i.Plugins.Log)}`,
  ];
  if (i.CDISpecDirs?.length) lines.push(' CDI spec directories:', ...i.CDISpecDirs.map((dir) => `  ${dir}`));
  lines.push(
    ` Swarm: ${i.Swarm.LocalNodeState}`,
    ` Runtimes: ${Object.keys(i.Runtimes).sort().join(' ')}`,
    ` Default Runtime: ${i.DefaultRuntime}`,
    ` Init Binary: ${i.InitBinary}`,
    ` containerd version: ${i.ContainerdCommit.ID}`,
    ` runc version: ${i.RuncCommit.ID}`,
    ` init version: ${i.InitCommit.ID}`,
  );
  if (i.SecurityOptions?.length) {
    lines.push(' Security Options:');
    for (const option of i.SecurityOptions) {
      const [first = '', ...more] = option.split(',').map((pair) => pair.split('='));
      lines.push(`  ${first[1]}`, ...more.map(([key, value]) => `   ${key === 'profile' ? 'Profile' : key}: ${value}`));
    }
  }
  lines.push(
    ` Kernel Version: ${i.KernelVersion}`,
    ` Operating System: ${i.OperatingSystem}`,
    ` OSType: ${i.OSType}`,
    ` Architecture: ${i.Architecture}`,
    ` CPUs: ${i.NCPU}`,
    ` Total Memory: ${bytesSize(i.MemTotal)}`,
    ` Name: ${i.Name}`,
    ` ID: ${i.ID}`,
    ` Docker Root Dir: ${i.DockerRootDir}`,
    ` Debug Mode: ${i.Debug}`,
  );
  if (i.Debug)
    lines.push(
      `  File Descriptors: ${i.NFd}`,
      `  Goroutines: ${i.NGoroutines}`,
      `  System Time: ${i.SystemTime}`,
      `  EventsListeners: ${i.NEventsListener}`,
    );
  if (i.HttpProxy) lines.push(` HTTP Proxy: ${i.HttpProxy}`);
  if (i.HttpsProxy) lines.push(` HTTPS Proxy: ${i.HttpsProxy}`);
  if (i.NoProxy) lines.push(` No Proxy: ${i.NoProxy}`);
  if (i.Labels?.length) lines.push(' Labels:', ...i.Labels.map((label) => `  ${label}`));
  lines.push(` Experimental: ${i.ExperimentalBuild}`);
  const insecure = [
    ...Object.entries(i.RegistryConfig.IndexConfigs ?? {})
      .filter(([, c]) => !c.Secure)
      .map(([name]) => name),
    ...(i.RegistryConfig.InsecureRegistryCIDRs ?? []),
  ];
  if (insecure.length > 0) lines.push(' Insecure Registries:', ...insecure.map((range) => `  ${range}`));
  if (i.RegistryConfig.Mirrors?.length)
    lines.push(' Registry Mirrors:', ...i.RegistryConfig.Mirrors.map((mirror) => `  ${mirror}`));
  lines.push(` Live Restore Enabled: ${i.LiveRestoreEnabled}`);
  if (i.DefaultAddressPools?.length)
    lines.push(
      ' Default Address Pools:',
      ...i.DefaultAddressPools.map(({ Base, Size }) => `   Base: ${Base}, Size: ${Size}`),
    );
  return lines;
}

function templateOf(format: string): GoTemplate | undefined {
  if (format === '') return undefined;
  try {
    return new GoTemplate(format === 'json' ? '{{json .}}' : format);
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

function infoValue(info: Info | undefined, failure: string | undefined, context: string, debug: boolean): GoStruct {
  const client = new GoStruct('system.clientInfo', {
    Debug: debug,
    Version: CLIENT.version,
    DefaultAPIVersion: CLIENT.apiVersion,
    GitCommit: CLIENT.gitCommit,
    GoVersion: CLIENT.goVersion,
    Os: CLIENT.os,
    Arch: CLIENT.arch,
    BuildTime: CLIENT.buildTime,
    Context: context,
    Plugins: new GoSlice('[]pluginmanager.Plugin', []),
    Warnings: new GoSlice('[]string', null),
  });
  // What an engine that does not answer is: nothing of everything.
  const typed = typedValue(info ?? {}, 'system.Info') as GoStruct;
  return new GoStruct(
    'system.dockerInfo',
    {
      ...typed.fields,
      ...(failure === undefined ? {} : { ServerErrors: [failure] }),
      ClientInfo: client,
    },
    typed.options,
  );
}
