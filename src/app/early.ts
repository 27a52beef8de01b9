/**
 * The first script that runs: it starts the worker and boots the machine while the rest of the page is still on its way.
 * The page takes it over (machine/spawn.ts).
 */
import { beginEarly } from './machine/early-boot.ts';

beginEarly();
