import { fromBase64 } from '../../lib/base64.ts';

/** The conversion of POSIX dd conv=ebcdic: the code at each byte. */
export const ASCII_TO_EBCDIC = fromBase64(
  'AAECAzctLi8WBSULDA0ODxAREhM8PTImGBk/JxwdHh9AWn97W2xQfU1dXE5rYEth8PHy8/T19vf4+XpeTH5ub3zBwsPExcbHyMnR0tPU1dbX2Nni4+Tl5ufo6a3gvZpteYGCg4SFhoeIiZGSk5SVlpeYmaKjpKWmp6ipwE/QXwcgISIjJBUGFygpKissCQobMDEaMzQ1Ngg4OTo7BBQ+4UFCQ0RFRkdISVFSU1RVVldYWWJjZGVmZ2hpcHFyc3R1dnd4gIqLjI2Oj5Bqm5ydnp+gqqusSq6vsLGys7S1tre4ubq7vKG+v8rLzM3Oz9rb3N3e3+rr7O3u7/r7/P3+/w==',
)!;

/** The conversion of conv=ascii. */
export const EBCDIC_TO_ASCII = fromBase64(
  'AAECA5wJhn+XjY4LDA0ODxAREhOdhQiHGBmSjxwdHh+AgYKDhAoXG4iJiouMBQYHkJEWk5SVlgSYmZqbFBWeGiCgoaKjpKWmp6jVLjwoK3wmqaqrrK2ur7CxISQqKTt+LS+ys7S1tre4ucssJV8+P7q7vL2+v8DBwmA6I0AnPSLDYWJjZGVmZ2hpxMXGx8jJymprbG1ub3Bxcl7Mzc7P0NHlc3R1dnd4eXrS09Rb1tfY2drb3N3e3+Dh4uPkXebne0FCQ0RFRkdISejp6uvs7X1KS0xNTk9QUVLu7/Dx8vNcn1NUVVZXWFla9PX29/j5MDEyMzQ1Njc4Ofr7/P3+/w==',
)!;
