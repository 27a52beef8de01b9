import { type Fields, fieldsOf } from '../server/fold-keys.ts';
import { fullConfig, fullHostConfig } from './defaults.ts';

const names = (value: object): Fields => Object.fromEntries(Object.keys(value).map((name) => [name, null]));

/** Fields of the body of POST /containers/create. */
export const CREATE_FIELDS: Fields = {
  ...names(fullConfig({})),
  ...fieldsOf('ExposedPorts ArgsEscaped NetworkDisabled MacAddress StopSignal StopTimeout Shell'),
  Healthcheck: fieldsOf('Test Interval Timeout StartPeriod StartInterval Retries'),
  HostConfig: {
    ...names(fullHostConfig({})),
    ...fieldsOf('Annotations StorageOpt Tmpfs Sysctls Mounts Init'),
    LogConfig: fieldsOf('Type Config'),
    RestartPolicy: fieldsOf('Name MaximumRetryCount'),
  },
  NetworkingConfig: fieldsOf('EndpointsConfig'),
};

/** Fields of the bodies of exec. */
export const EXEC_CREATE_FIELDS: Fields = fieldsOf(
  'User Privileged Tty ConsoleSize AttachStdin AttachStderr AttachStdout DetachKeys Env WorkingDir Cmd',
);
export const EXEC_START_FIELDS: Fields = fieldsOf('Detach Tty ConsoleSize');
