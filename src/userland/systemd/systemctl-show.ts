import { wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import type { Zone } from '../../lib/timezone.ts';
import type { FileState } from './install.ts';
import { momentText } from './systemctl-status.ts';
import type { UnitReport } from './unit.ts';
import type { UnitFile } from './unit-file.ts';

/** `NAME=value` of a unit, in the order of `systemctl show`; of all its properties those that are known here. */
export function properties(unit: UnitReport, file: UnitFile, state: FileState, zone: Zone): Map<string, string> {
  const moment = (ms: number): string => (ms > 0 ? momentText(ms, zone) : '');
  const out = new Map<string, string>();
  const service = unit.id.endsWith('.service');
  if (service) {
    out.set('Type', file.get('Service', 'Type') ?? 'simple');
    out.set('Restart', file.get('Service', 'Restart') ?? 'no');
    out.set('PIDFile', file.get('Service', 'PIDFile') ?? '');
    out.set('NotifyAccess', (file.get('Service', 'Type') ?? '').startsWith('notify') ? 'main' : 'none');
    out.set('MainPID', String(unit.mainPid));
    out.set('ControlPID', '0');
    out.set('StatusText', unit.statusText);
    out.set('Result', unit.result);
    out.set('NRestarts', String(unit.restarts));
    out.set('ExecMainPID', String(unit.mainPid || unit.lastPid));
    const status = unit.mainStatus ?? 0;
    out.set('ExecMainCode', unit.mainStatus === null ? '0' : wifexited(status) ? '1' : '2');
    out.set('ExecMainStatus', String(wifexited(status) ? wexitstatus(status) : wtermsig(status)));
    for (const key of ['ExecStart', 'ExecReload', 'ExecStop'])
      for (const line of file.all('Service', key)) {
        const path = line.replace(/^[-@:+!]*/, '').split(' ')[0]!;
        out.set(key, `{ path=${path} ; argv[]=${line} ; ignore_errors=${line.startsWith('-') ? 'yes' : 'no'} ; }`);
      }
    out.set('Environment', file.all('Service', 'Environment').join(' '));
    out.set('User', file.get('Service', 'User') ?? '');
    out.set('WorkingDirectory', file.get('Service', 'WorkingDirectory') ?? '');
    out.set('ControlGroup', unit.cgroup);
    out.set('KillMode', file.get('Service', 'KillMode') ?? 'control-group');
  }
  out.set('Id', unit.id);
  out.set('Names', unit.id);
  for (const key of ['Requires', 'Wants', 'WantedBy', 'Conflicts', 'Before', 'After'])
    out.set(key, file.words(key === 'WantedBy' ? 'Install' : 'Unit', key).join(' '));
  out.set('TriggeredBy', unit.triggeredBy.map((other) => other.id).join(' '));
  out.set('Triggers', unit.triggers.join(' '));
  out.set('Documentation', unit.docs.join(' '));
  out.set('Description', unit.description);
  out.set('LoadState', unit.load);
  out.set('ActiveState', unit.active);
  out.set('SubState', unit.sub);
  out.set('FragmentPath', unit.path);
  out.set('DropInPaths', unit.dropIns.join(' '));
  out.set('UnitFileState', state === 'not-found' ? '' : state);
  out.set('StateChangeTimestamp', moment(unit.changed));
  out.set('ActiveEnterTimestamp', moment(unit.activeSince));
  out.set('ActiveExitTimestamp', moment(unit.activeUntil));
  out.set('NeedDaemonReload', unit.needReload ? 'yes' : 'no');
  out.set('InvocationID', unit.invocation);
  return out;
}
