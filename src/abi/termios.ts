/** struct termios and the flags of termios(3) that the line discipline honours, with Linux's numbers. */
export const IGNBRK = 0o1;
export const BRKINT = 0o2;
export const ISTRIP = 0o40;
export const INLCR = 0o100;
export const IGNCR = 0o200;
export const ICRNL = 0o400;
export const IXON = 0o2000;
export const IXANY = 0o4000;
export const IMAXBEL = 0o20000;
export const IUTF8 = 0o40000;
export const OPOST = 0o1;
export const ONLCR = 0o4;
export const OCRNL = 0o10;
export const CS8 = 0o60;
export const CREAD = 0o200;
export const HUPCL = 0o2000;
export const ISIG = 0o1;
export const ICANON = 0o2;
export const ECHO = 0o10;
export const ECHOE = 0o20;
export const ECHOK = 0o40;
export const ECHONL = 0o100;
export const NOFLSH = 0o200;
export const TOSTOP = 0o400;
export const ECHOCTL = 0o1000;
export const ECHOKE = 0o4000;
export const IEXTEN = 0o100000;
// indices into cc
export const VINTR = 0;
export const VQUIT = 1;
export const VERASE = 2;
export const VKILL = 3;
export const VEOF = 4;
export const VTIME = 5;
export const VMIN = 6;
export const VSTART = 8;
export const VSTOP = 9;
export const VSUSP = 10;
export const VEOL = 11;
export const VREPRINT = 12;
export const VWERASE = 14;
export const VLNEXT = 15;
// tcsetattr(3) when
export const TCSANOW = 0;
export const TCSADRAIN = 1;
export const TCSAFLUSH = 2;

export interface Termios {
  iflag: number;
  oflag: number;
  cflag: number;
  lflag: number;
  cc: Uint8Array;
  /** Baud, as stty prints it. */
  speed: number;
}

/** struct winsize: character cells. */
export interface Winsize {
  rows: number;
  cols: number;
}

/** The settings of a fresh tty (tty_std_termios). */
export function defaultTermios(): Termios {
  const cc = new Uint8Array(19);
  cc.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22]);
  return {
    iflag: ICRNL | IXON | IUTF8,
    oflag: OPOST | ONLCR,
    cflag: CS8 | CREAD | HUPCL,
    lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    cc,
    speed: 38400,
  };
}

export function cloneTermios(t: Termios): Termios {
  return { ...t, cc: t.cc.slice() };
}

/** As cfmakeraw(3): no echo, no line editing, no signals, bytes as they come. */
export function makeRaw(t: Termios): Termios {
  const raw = cloneTermios(t);
  raw.iflag &= ~(IGNBRK | BRKINT | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  raw.oflag &= ~OPOST;
  raw.lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  raw.cc[VMIN] = 1;
  raw.cc[VTIME] = 0;
  return raw;
}
