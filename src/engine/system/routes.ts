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
import type { Call } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import { diskUsage } from './disk-usage.ts';
import { infoAnswer, versionAnswer } from './info.ts';
import { sendEvents } from './send-events.ts';

function pingHeaders(call: Call): void {
  Object.assign(call.headers, {
    'Builder-Version': '2',
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
  serve(SystemInfo, function* ({ sys, daemon }) {
    return yield* infoAnswer(sys, daemon);
  }),
  serve(SystemEvents, function* (call, params) {
    yield* sendEvents(call, params);
  }),
  serve(SystemDiskUsage, function* ({ sys, daemon }, { type }) {
    return yield* diskUsage(sys, daemon, type);
  }),
  serve(SystemAuth, function* (call) {
    yield* logIn(call.sys, yield* call.body<AuthBody>(true), call.daemon.insecureRegistries);
    return { Status: 'Login Succeeded', IdentityToken: '' };
  }),
];
