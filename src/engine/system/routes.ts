import { ApiError } from '../../api/errors.ts';
import {
  type AuthBody,
  Ping,
  PingHead,
  SystemAuth,
  SystemDiskUsage,
  SystemEvents,
  SystemInfo,
  SystemVersion,
} from '../../api/system.ts';
import { logIn } from '../image/log-in.ts';
import { summaryFor } from '../image/old-clients.ts';
import type { Call } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import { diskUsage } from './disk-usage.ts';
import { infoAnswer, versionAnswer } from './info.ts';
import { infoFor } from './old-clients.ts';
import { sendEvents } from './send-events.ts';

function pingHeaders(call: Call): void {
  Object.assign(call.headers, {
    // 1 where BuildKit is switched off
    'Builder-Version': call.daemon.config.features.buildkit === false ? '1' : '2',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Swarm: 'inactive',
  });
}

export const systemRoutes: Route[] = [
  serve(Ping, function* (call) {
    pingHeaders(call);
    return 'OK';
  }),
  serve(PingHead, function* (call) {
    pingHeaders(call);
    call.headers['Content-Type'] = 'text/plain; charset=utf-8';
    call.headers['Content-Length'] = '0';
  }),
  serve(SystemVersion, function* ({ sys }) {
    return versionAnswer(sys);
  }),
  serve(SystemInfo, function* (call) {
    return infoFor(call, yield* infoAnswer(call.sys, call.daemon));
  }),
  serve(SystemEvents, function* (call, params) {
    yield* sendEvents(call, params);
  }),
  serve(SystemDiskUsage, function* (call, { type }) {
    const usage = yield* diskUsage(call.sys, call.daemon, type);
    return { ...usage, Images: usage.Images?.map((row) => summaryFor(call, row)) ?? null };
  }),
  serve(SystemAuth, function* (call) {
    const given = yield* call.body<AuthBody>(true);
    if (call.bodyLength === 0) throw new ApiError('internal', 'EOF');
    yield* logIn(call.sys, given, call.daemon.registries.insecure);
    return { Status: 'Login Succeeded', IdentityToken: '' };
  }),
];
