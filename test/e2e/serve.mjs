// Serves dist/ for the page's tests, at / and below a sub-path, without special headers.
import { serve } from '../../scripts/serve/server.mjs';

await serve(process.env.DRYDOCK_DIST ?? 'dist', { port: Number(process.argv[2]), tries: 0 });
