import { formatGoTime, formatRfc3339 } from '../../../lib/go-time.ts';
import type { GoStruct } from '../../../lib/go-value.ts';
import { familiarName, InvalidReference, parseReference } from '../../../lib/reference.ts';
import { humanDuration, humanSize } from '../../../lib/units.ts';
import { ellipsis, shortId } from './display.ts';
import { type Listing, rowValue } from './formatter.ts';

/** image.Summary of the API, as far as lists show it. */
export interface ImageSummary {
  Id: string;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
  Created: number;
  Size: number;
  SharedSize?: number;
  Containers?: number;
}

export interface ImageOptions {
  truncate: boolean;
  digests: boolean;
  now: number;
}

export const IMAGES: Listing = {
  headers: {
    ID: 'IMAGE ID',
    Repository: 'REPOSITORY',
    Tag: 'TAG',
    Digest: 'DIGEST',
    CreatedSince: 'CREATED',
    CreatedAt: 'CREATED AT',
    Size: 'SIZE',
    Containers: 'CONTAINERS',
    VirtualSize: 'SIZE',
    SharedSize: 'SHARED SIZE',
    UniqueSize: 'UNIQUE SIZE',
  },
};

export function imageFormat(source: string, quiet: boolean, digests: boolean): string {
  if (source === 'table') {
    if (quiet) return '{{.ID}}';
    return `table {{.Repository}}\t{{.Tag}}\t${digests ? '{{.Digest}}\t' : ''}{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}`;
  }
  if (source === 'raw') {
    if (quiet) return 'image_id: {{.ID}}';
    return `repository: {{ .Repository }}\n${digests ? 'tag: {{.Tag}}\ndigest: {{.Digest}}\n' : 'tag: {{.Tag}}\n'}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`;
  }
  if (source === 'json' && quiet) return '{{json .ID}}';
  return source;
}

interface Named {
  repository: string;
  tag: string;
  digest: string;
}

const NONE = '<none>';

/** The lines of `images`: one for each tag (and digest, where those are wanted). */
export function imageRows(images: readonly ImageSummary[], format: string, options: ImageOptions): GoStruct[] {
  const wantsDigest = options.digests || format.includes('{{.Digest}}');
  return images.flatMap((image) => namesOf(image, wantsDigest).map((named) => imageRow(image, named, options)));
}

function namesOf(image: ImageSummary, wantsDigest: boolean): Named[] {
  const tags = new Map<string, string[]>();
  const digests = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, name: string, value: string): void => {
    map.set(name, [...(map.get(name) ?? []), value]);
  };
  for (const text of image.RepoTags ?? []) {
    const ref = parsed(text);
    if (ref?.tag !== undefined) add(tags, familiarName(ref), ref.tag);
  }
  for (const text of image.RepoDigests ?? []) {
    const ref = parsed(text);
    if (ref?.digest !== undefined) add(digests, familiarName(ref), ref.digest);
  }
  if (tags.size === 0 && digests.size === 0) return [{ repository: NONE, tag: NONE, digest: NONE }];
  const rows: Named[] = [];
  for (const [repository, own] of tags) {
    const theirs = digests.get(repository) ?? [];
    digests.delete(repository);
    for (const tag of own) {
      if (!wantsDigest || theirs.length === 0) rows.push({ repository, tag, digest: NONE });
      else for (const digest of theirs) rows.push({ repository, tag, digest });
    }
  }
  for (const [repository, theirs] of digests) {
    if (!wantsDigest) rows.push({ repository, tag: NONE, digest: NONE });
    else for (const digest of theirs) rows.push({ repository, tag: NONE, digest });
  }
  return rows;
}

function parsed(text: string): ReturnType<typeof parseReference> | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReference) return undefined;
    throw error;
  }
}

function imageRow(image: ImageSummary, named: Named, { truncate, now }: ImageOptions): GoStruct {
  const shared = image.SharedSize ?? -1;
  const orNone = (n: number, text: string): string => (n < 0 ? 'N/A' : text);
  return rowValue({
    type: '*formatter.imageContext',
    methods: {
      ID: () => (truncate ? shortId(image.Id) : image.Id),
      Repository: () => named.repository,
      Tag: () => named.tag,
      Digest: () => named.digest,
      CreatedSince: () => (image.Created <= 0 ? '' : `${humanDuration(now - image.Created)} ago`),
      CreatedAt: () => formatGoTime(image.Created, 0),
      Size: () => humanSize(image.Size, 3),
      Containers: () => orNone(image.Containers ?? -1, String(image.Containers)),
      VirtualSize: () => humanSize(image.Size),
      SharedSize: () => orNone(shared, humanSize(shared)),
      UniqueSize: () => (shared < 0 || image.Size < 0 ? 'N/A' : humanSize(image.Size - shared)),
    },
  });
}

/** image.HistoryResponseItem of the API. */
export interface HistoryItem {
  Id: string;
  Created: number;
  CreatedBy: string;
  Size: number;
  Comment: string;
}

export const HISTORY: Listing = {
  headers: {
    ID: 'IMAGE',
    CreatedSince: 'CREATED',
    CreatedAt: 'CREATED AT',
    CreatedBy: 'CREATED BY',
    Size: 'SIZE',
    Comment: 'COMMENT',
  },
};

export function historyFormat(source: string, quiet: boolean, human: boolean): string {
  if (source !== 'table') return source;
  if (quiet) return '{{.ID}}';
  return `table {{.ID}}\t{{${human ? '.CreatedSince' : '.CreatedAt'}}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
}

export function historyRow(item: HistoryItem, options: { truncate: boolean; human: boolean; now: number }): GoStruct {
  const by = item.CreatedBy.replaceAll('\t', ' ');
  return rowValue({
    type: '*image.historyContext',
    methods: {
      ID: () => (options.truncate ? shortId(item.Id) : item.Id),
      CreatedSince: () =>
        options.human
          ? item.Created <= 0
            ? 'N/A'
            : `${humanDuration(options.now - item.Created)} ago`
          : formatRfc3339(item.Created),
      CreatedAt: () => (item.Created <= 0 ? 'N/A' : formatRfc3339(item.Created)),
      CreatedBy: () => (options.truncate ? ellipsis(by, 45) : by),
      Size: () => (options.human ? humanSize(item.Size, 3) : String(item.Size)),
      Comment: () => item.Comment,
    },
  });
}
