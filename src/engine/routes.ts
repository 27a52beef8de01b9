import { buildRoutes } from './build/routes.ts';
import { archiveRoutes } from './container/archive-routes.ts';
import { execRoutes } from './container/exec-routes.ts';
import { containerRoutes } from './container/routes.ts';
import { commitRoutes } from './image/commit.ts';
import { distributionRoutes } from './image/distribution.ts';
import { imageRoutes } from './image/routes.ts';
import { networkRoutes } from './network/routes.ts';
import { pluginRoutes } from './plugin/routes.ts';
import type { Route } from './server/serve.ts';
import { swarmRoutes } from './swarm/routes.ts';
import { systemRoutes } from './system/routes.ts';
import { volumeRoutes } from './volume/routes.ts';

/** Everything that the API answers. */
export const ROUTES: readonly Route[] = [
  ...containerRoutes,
  ...archiveRoutes,
  ...execRoutes,
  ...imageRoutes,
  ...distributionRoutes,
  ...commitRoutes,
  ...buildRoutes,
  ...volumeRoutes,
  ...networkRoutes,
  ...systemRoutes,
  ...swarmRoutes,
  ...pluginRoutes,
];
