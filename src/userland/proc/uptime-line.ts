import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { calendar, two } from '../../libc/clock-text.ts';

/** ` 14:30:51 up  1:45,  0 users,  load average: 1.58, 1.80, 1.71` */
export function uptimeLine(sys: Sys, users: number, form: 'gnu' | 'busybox'): string {
  const info = sys.sysinfo();
  const c = calendar(sys.now(CLOCK_REALTIME) / 1000);
  const minutes = Math.floor(info.uptime / 60);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const day = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `;
  const clock = hours > 0 ? `${String(hours).padStart(2)}:${two(minutes % 60)}, ` : `${minutes % 60} min, `;
  const people = form === 'busybox' ? ` ${users} users, ` : ` ${users} user${users > 1 ? 's' : ''}, `;
  const loads = info.loads.map((n) => n.toFixed(2)).join(', ');
  return ` ${two(c.hour)}:${two(c.minute)}:${two(c.second)} up ${day}${clock}${people} load average: ${loads}`;
}
