import type { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';

/** Gives a new file mode, owner and times of the one that it was made from. */
export function likeOriginal(sys: Sys, path: string, st: Stat): void {
  sys.chown(path, st.uid, st.gid);
  sys.chmod(path, st.mode & 0o7777);
  sys.utimens(path, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec);
}
