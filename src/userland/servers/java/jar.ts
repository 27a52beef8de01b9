import { decode } from '../../../lib/utf8.ts';
import { readZip, type ZipMember, zipContent } from '../../../lib/zip.ts';

/** An archive of Java, with the main attributes of its manifest. @see the JAR File Specification */
export class Jar {
  readonly #members: ReadonlyMap<string, ZipMember>;
  readonly attributes: ReadonlyMap<string, string>;

  private constructor(
    private readonly bytes: Uint8Array,
    members: readonly ZipMember[],
  ) {
    this.#members = new Map(members.map((member) => [member.name, member]));
    this.attributes = attributesOf(this.text('META-INF/MANIFEST.MF') ?? '');
  }

  /** @returns undefined where the bytes are no archive */
  static of(bytes: Uint8Array): Jar | undefined {
    const members = readZip(bytes);
    return members && new Jar(bytes, members);
  }

  get names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** @returns undefined where there is no such member, or it is broken */
  content(name: string): Uint8Array | undefined {
    const member = this.#members.get(name);
    return member && zipContent(this.bytes, member);
  }

  text(name: string): string | undefined {
    const content = this.content(name);
    return content && decode(content);
  }
}

/** The main section: `Name: value`, a line that begins with a blank goes on. */
function attributesOf(manifest: string): Map<string, string> {
  const main = manifest.replace(/\r\n?/g, '\n').split('\n\n')[0]!.replaceAll('\n ', '');
  const found = new Map<string, string>();
  for (const line of main.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) found.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return found;
}
