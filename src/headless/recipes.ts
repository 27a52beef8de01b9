import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packRootfs, type RootfsFolder, readRootfs } from '../machine/images.ts';

/** Under which names Docker Hub has an image, and what its search says of it. */
export interface HubEntry {
  repository: string;
  description: string;
  stars: number;
  tags: string[];
  /** Other repositories that have it as well. */
  aliases?: string[];
  /** How much of it is simulated, where its main program does not do all that it is for. */
  level?: 'starts and logs' | 'files only';
}

/** hub.json: the image of a folder, and others that differ from it only in versions. */
interface HubFile extends HubEntry {
  variants?: Variant[];
}

interface Variant {
  tags: string[];
  /** The image that it is FROM, where that is another one. */
  from?: string;
  /** Values of variables that its Dockerfile sets with ENV. */
  env?: Record<string, string>;
  /** What programs say of their version. */
  versions?: Record<string, string>;
}

/** What our builder makes one image from. */
export interface Recipe {
  /** The name that it gets while images are built, and by which others are FROM it: `nginx`, `nginx:1.25`. */
  name: string;
  dockerfile: string;
  /** Paths and contents of the context beside the Dockerfile. */
  files: Map<string, { data: Uint8Array; mode: number }>;
  hub: HubEntry;
}

const DOCKERFILE = 'Dockerfile';

const isImage = (folder: string): boolean => existsSync(join(folder, 'hub.json'));

/** All files below a folder, as paths; folders of other images are not looked into. */
const walk = (at: string): string[] =>
  existsSync(at)
    ? readdirSync(at).flatMap((name) => {
        const path = join(at, name);
        if (!statSync(path).isDirectory()) return [path];
        return isImage(path) ? [] : walk(path);
      })
    : [];

/** Reads images/NAME for `readRootfs`. */
function rootfsFolder(folder: string): RootfsFolder {
  const root = join(folder, 'rootfs');
  return {
    manifest: readFileSync(join(folder, 'rootfs.manifest'), 'utf8'),
    file: (path) => (existsSync(join(root, path)) ? new Uint8Array(readFileSync(join(root, path))) : undefined),
    files: () => walk(root).map((path) => path.slice(root.length)),
  };
}

/**
 * The archive of a folder's root filesystem.
 * @param time of all files, in seconds
 * @param versions of programs, in place of those that the manifest says
 */
export const rootfsTar = (folder: string, time: number, versions: Record<string, string> = {}): Uint8Array => {
  const said = Object.entries(versions).map(([program, text]) => `version ${program} ${text}\n`);
  const varied: RootfsFolder = { manifest: `${said.join('')}include .\n`, file: () => undefined, files: () => [] };
  return packRootfs(
    readRootfs((other) => (other === '' ? varied : rootfsFolder(join(folder, other)))),
    time,
  );
};

/** All files of a folder that is no image, by their paths in it. */
export function readTree(folder: string): Recipe['files'] {
  const files: Recipe['files'] = new Map();
  for (const path of walk(folder)) {
    const mode = statSync(path).mode & 0o111 ? 0o755 : 0o644;
    files.set(relative(folder, path), { data: new Uint8Array(readFileSync(path)), mode });
  }
  return files;
}

function contextFiles(folder: string): Recipe['files'] {
  const files = readTree(folder);
  for (const path of files.keys())
    if (path.startsWith('rootfs/') || ['rootfs.manifest', 'hub.json', DOCKERFILE].includes(path)) files.delete(path);
  return files;
}

/** A Dockerfile with another base and other values of its variables. @throws Error if it has no such variable */
function vary(dockerfile: string, { from, env = {} }: Variant): string {
  let text = from === undefined ? dockerfile : dockerfile.replace(/^FROM .*$/m, `FROM ${from}`);
  for (const [key, value] of Object.entries(env)) {
    const line = new RegExp(`^ENV ${key}=.*$`, 'm');
    if (!line.test(text)) throw new Error(`no line ENV ${key}=`);
    text = text.replace(line, `ENV ${key}=${value}`);
  }
  return text;
}

/**
 * The image of a folder, and those that hub.json says to differ from it in versions.
 * @param inherited files of the context that the folder has unless it has its own of that name
 */
function recipesOf(folder: string, name: string, time: number, inherited?: Recipe['files']): Recipe[] {
  const { variants = [], ...hub } = JSON.parse(readFileSync(join(folder, 'hub.json'), 'utf8')) as HubFile;
  const dockerfile = readFileSync(join(folder, DOCKERFILE), 'utf8');
  const hasRootfs = existsSync(join(folder, 'rootfs.manifest'));
  const make = (as: string, text: string, tags: string[], versions?: Record<string, string>): Recipe => {
    const files = new Map([...(inherited ?? []), ...contextFiles(folder)]);
    if (hasRootfs) files.set('rootfs.tar', { data: rootfsTar(folder, time, versions), mode: 0o644 });
    return { name: as, dockerfile: text, files, hub: { ...hub, tags } };
  };
  return [
    make(name, dockerfile, hub.tags),
    ...variants.map((variant) =>
      make(`${name.replace(/:.*/, '')}:${variant.tags[0]}`, vary(dockerfile, variant), variant.tags, variant.versions),
    ),
  ];
}

/** All names by which other images can be FROM this one while they are built. */
export const referencesOf = ({ name, hub }: Recipe): string[] => [
  name,
  ...hub.tags.map((tag) => `${hub.repository.replace(/^library\//, '')}:${tag}`),
];

/**
 * Reads all images: those of the folders, and of the folders in these (`ubuntu/18.04` is `ubuntu:18.04`), which have
 * the files of the context that stand above them too.
 * @param time of all files, in seconds
 * @returns those that others are FROM first
 */
export function readRecipes(images: string, time: number): Recipe[] {
  const folders = (at: string): string[] => readdirSync(at).filter((name) => isImage(join(at, name)));
  const recipes = folders(images)
    .sort()
    .flatMap((name) => [
      ...recipesOf(join(images, name), name, time),
      ...folders(join(images, name))
        .sort()
        .flatMap((release) =>
          recipesOf(join(images, name, release), `${name}:${release}`, time, contextFiles(join(images, name))),
        ),
    ]);
  const byName = new Map(recipes.flatMap((recipe) => referencesOf(recipe).map((reference) => [reference, recipe])));
  const done = new Set<Recipe>();
  const visit = (recipe: Recipe): void => {
    if (done.has(recipe)) return;
    for (const [, base] of recipe.dockerfile.matchAll(/^(?:FROM|COPY --from=)\s*(\S+)/gm)) {
      const other = byName.get(base!) ?? byName.get(`${base}:latest`);
      if (other && other !== recipe) visit(other);
    }
    done.add(recipe);
  };
  for (const recipe of recipes) visit(recipe);
  return [...done];
}
