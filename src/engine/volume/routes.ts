import { ApiError } from '../../api/errors.ts';
import {
  type Volume,
  VolumeCreate,
  type VolumeCreateBody,
  VolumeInspect,
  VolumeList,
  VolumePrune,
  VolumeRemove,
  VolumeUpdate,
} from '../../api/volume.ts';
import { quote } from '../../lib/quote.ts';
import { checkFilterNames, labelMatches } from '../container/filters.ts';
import { pruneLabels } from '../container/prune.ts';
import { shape } from '../server/fold-keys.ts';
import { isTrue } from '../server/params.ts';
import { type Route, serve } from '../server/serve.ts';
import { directorySize } from '../snapshot/changes.ts';
import { ANONYMOUS_LABEL, type LocalVolume } from './store.ts';

const LIST_FILTERS = new Set(['dangling', 'driver', 'label', 'name']);
const CREATE_BODY = shape(
  'volume.CreateOptions',
  'Name:string Driver:string DriverOpts:map[string]string Labels:map[string]string',
);
const PRUNE_FILTERS = new Set(['label', 'label!', 'all']);

export const volumeRoutes: Route[] = [
  serve(VolumeList, function* ({ daemon }, { filters = {} }) {
    checkFilterNames(filters, LIST_FILTERS);
    const dangling = filters.dangling?.[0];
    if (dangling !== undefined && !/^(1|0|t|f|true|false)$/i.test(dangling))
      throw new ApiError('invalid-parameter', `invalid filter 'dangling=[${dangling}]'`);
    const fits = (v: LocalVolume): boolean =>
      (dangling === undefined || isTrue(dangling) === (v.users.size === 0)) &&
      (!filters.driver?.length || filters.driver.includes('local')) &&
      (filters.label ?? []).every((label) => labelMatches(v.labels, label)) &&
      (!filters.name?.length || filters.name.some((name) => v.name.includes(name)));
    const list: Volume[] = [];
    for (const v of daemon.volumes.all()) if (fits(v)) list.push(daemon.volumes.shown(v));
    return { Volumes: list, Warnings: null };
  }),
  serve(VolumeInspect, function* ({ daemon }, { name }) {
    return daemon.volumes.shown(daemon.volumes.get(name));
  }),
  serve(VolumeCreate, function* (call) {
    const body = yield* call.body<VolumeCreateBody>(true, CREATE_BODY);
    return call.daemon.volumes.shown(yield* call.daemon.volumes.create(call.sys, body));
  }),
  serve(VolumeUpdate, function* () {
    throw new ApiError('unavailable', 'volume update only valid for cluster volumes, but swarm is unavailable');
  }),
  serve(VolumeRemove, function* ({ sys, daemon }, { name, force }) {
    if (force && !daemon.volumes.find(name)) return;
    yield* daemon.volumes.remove(sys, daemon.volumes.get(name));
  }),
  serve(VolumePrune, function* (call, { filters = {} }) {
    const { sys, daemon } = call;
    checkFilterNames(filters, PRUNE_FILTERS);
    for (const value of filters.all ?? [])
      if (!/^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value))
        throw new ApiError(
          'invalid-parameter',
          `invalid filter 'all': strconv.ParseBool: parsing ${quote(value)}: invalid syntax`,
        );
    // before 1.42 all unused volumes went, since then only those without a name of their own
    const all = !call.since('1.42') || filters.all?.some(isTrue) === true;
    const deleted: string[] = [];
    let reclaimed = 0;
    for (const v of [...daemon.volumes.all()]) {
      if (v.users.size > 0 || !pruneLabels(v.labels, filters)) continue;
      if (!all && v.labels?.[ANONYMOUS_LABEL] === undefined) continue;
      const size = yield* directorySize(sys, daemon.volumes.mountpoint(v));
      yield* daemon.volumes.remove(sys, v);
      deleted.push(v.name);
      reclaimed += size;
    }
    daemon.events.log(sys, 'volume', 'prune', '', { reclaimed: String(reclaimed) });
    return { VolumesDeleted: deleted, SpaceReclaimed: reclaimed };
  }),
];
