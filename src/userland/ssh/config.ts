import type { Sys } from '../../abi/sys.ts';
import { Glob } from '../../lib/glob.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';

/** What a client needs to know of a host: the first value of a keyword counts (ssh_config(5)). */
export type HostConfig = Map<string, string>;

/** Keywords that -o takes. */
const KEYWORDS = new Set(
  (
    'addkeystoagent addressfamily batchmode bindaddress canonicaldomains canonicalizehostname certificatefile checkhostip ' +
    'ciphers clearallforwardings compression connectionattempts connecttimeout controlmaster controlpath controlpersist ' +
    'dynamicforward escapechar exitonforwardfailure forwardagent forwardx11 forwardx11trusted gatewayports ' +
    'globalknownhostsfile gssapiauthentication hashknownhosts host hostbasedauthentication hostkeyalgorithms hostkeyalias ' +
    'hostname identitiesonly identityagent identityfile include ipqos kbdinteractiveauthentication kexalgorithms ' +
    'localcommand localforward loglevel logverbose macs match numberofpasswordprompts passwordauthentication permitlocalcommand port ' +
    'preferredauthentications proxycommand proxyjump pubkeyacceptedalgorithms pubkeyauthentication rekeylimit remotecommand ' +
    'remoteforward requesttty sendenv serveralivecountmax serveraliveinterval sessiontype setenv stdinnull ' +
    'streamlocalbindmask streamlocalbindunlink stricthostkeychecking syslogfacility tcpkeepalive tunnel updatehostkeys user ' +
    'userknownhostsfile verifyhostkeydns visualhostkey xauthlocation'
  ).split(' '),
);

/** Takes `Keyword=value` or `Keyword value`. @returns what is wrong */
export function addOption(config: HostConfig, text: string): string | undefined {
  const m = /^\s*([^\s=]+)(?:\s*=\s*|\s+)(.*)$/s.exec(text);
  const keyword = (m?.[1] ?? text.trim()).toLowerCase();
  if (!KEYWORDS.has(keyword)) return `Bad configuration option: ${keyword}`;
  if (!m || m[2] === '') return 'missing argument.';
  if (!config.has(keyword)) config.set(keyword, m[2]!.trim().replace(/^"(.*)"$/, '$1'));
  return undefined;
}

/** Adds what a file says of a host. @returns a message where the file is wrong, 'missing' where there is none */
export function* readConfig(sys: Sys, path: string, host: string, config: HostConfig): Wait<string | undefined> {
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number') return 'missing';
  let applies = true;
  for (const [at, raw] of decode(bytes).split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const patterns = /^host\s+(.*)$/i.exec(line)?.[1]?.split(/\s+/);
    if (patterns) {
      applies =
        patterns.some((p) => !p.startsWith('!') && new Glob(p).match(host)) &&
        !patterns.some((p) => p.startsWith('!') && new Glob(p.slice(1)).match(host));
      continue;
    }
    if (/^match\s/i.test(line)) applies = /^match\s+all\s*$/i.test(line);
    else if (applies) {
      const wrong = addOption(config, line);
      if (wrong !== undefined)
        return `${path}: line ${at + 1}: ${wrong}\r\n${path}: terminating, 1 bad configuration options`;
    }
  }
  return undefined;
}
