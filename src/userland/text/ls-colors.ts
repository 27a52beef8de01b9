/** Keywords of dircolors' files and their letters in LS_COLORS, in the order of the database. */
export const KINDS: readonly (readonly [keyword: string, code: string, value: string | undefined])[] = [
  ['NORMAL', 'no', undefined],
  ['FILE', 'fi', undefined],
  ['RESET', 'rs', '0'],
  ['DIR', 'di', '01;34'],
  ['LINK', 'ln', '01;36'],
  ['MULTIHARDLINK', 'mh', '00'],
  ['FIFO', 'pi', '40;33'],
  ['SOCK', 'so', '01;35'],
  ['DOOR', 'do', '01;35'],
  ['BLK', 'bd', '40;33;01'],
  ['CHR', 'cd', '40;33;01'],
  ['ORPHAN', 'or', '40;31;01'],
  ['MISSING', 'mi', '00'],
  ['SETUID', 'su', '37;41'],
  ['SETGID', 'sg', '30;43'],
  ['CAPABILITY', 'ca', '00'],
  ['STICKY_OTHER_WRITABLE', 'tw', '30;42'],
  ['OTHER_WRITABLE', 'ow', '34;42'],
  ['STICKY', 'st', '37;44'],
  ['EXEC', 'ex', '01;32'],
];

/** Other spellings of keywords. */
export const ALIASES: Readonly<Record<string, string>> = {
  NORM: 'no',
  LNK: 'ln',
  SYMLINK: 'ln',
  PIPE: 'pi',
  BLOCK: 'bd',
  CHAR: 'cd',
  SUID: 'su',
  SGID: 'sg',
  OWR: 'ow',
  OWT: 'tw',
  LEFT: 'lc',
  LEFTCODE: 'lc',
  RIGHT: 'rc',
  RIGHTCODE: 'rc',
  END: 'ec',
  ENDCODE: 'ec',
};

/** Suffixes of one colour, by what they are. */
export const SUFFIXES: readonly (readonly [what: string, colour: string, suffixes: string])[] = [
  [
    'archives or compressed (bright red)',
    '01;31',
    'tar tgz arc arj taz lha lz4 lzh lzma tlz txz tzo t7z zip z dz gz lrz lz lzo xz zst tzst bz2 bz tbz tbz2 tz deb rpm ' +
      'jar war ear sar rar alz ace zoo cpio 7z rz cab wim swm dwm esd',
  ],
  [
    'images and films (bright magenta)',
    '01;35',
    'avif jpg jpeg mjpg mjpeg gif bmp pbm pgm ppm tga xbm xpm tif tiff png svg svgz mng pcx mov mpg mpeg m2v mkv webm ' +
      'webp ogm mp4 m4v mp4v vob qt nuv wmv asf rm rmvb flc avi fli flv gl dl xcf xwd yuv cgm emf ogv ogx',
  ],
  ['sound (cyan)', '00;36', 'aac au flac m4a mid midi mka mp3 mpc ogg ra wav oga opus spx xspf'],
  [
    'copies of before (grey)',
    '00;90',
    'bak old orig part rej swp tmp dpkg-dist dpkg-old ucf-dist ucf-new ucf-old rpmnew rpmorig rpmsave',
  ],
];
/** Names that end like this, without a dot, with the grey ones. */
export const TILDES: readonly string[] = ['~', '#'];

/** Terminals that show colours. */
export const TERMS: readonly string[] =
  'Eterm ansi *color* con[0-9]*x[0-9]* cons25 console cygwin *direct* dtterm gnome hurd jfbterm konsole kterm linux linux-c mlterm putty rxvt* screen* st terminator tmux* vt100 xterm*'.split(
    ' ',
  );
