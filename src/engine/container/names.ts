import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { randomBelow } from '../ids.ts';
import type { ContainerStore } from './store.ts';

/** Names: first part. */
const MOODS =
  'airy amber ample apt ardent awake balmy basic beaming blithe bold brave breezy bright brisk calm candid careful ' +
  'cheery civil clear clever coastal cosy crisp curious daring deft dreamy driven dry dusky eager early earnest easy ' +
  'elated even exact fair faithful festive fine firm fluent fond frank free fresh frosty gentle gifted glad golden ' +
  'graceful grand happy hardy hearty helpful hidden honest humble ideal jolly jovial keen kind laughing light lively ' +
  'loyal lucid lucky mellow merry mild modest neat nimble noble open patient peaceful placid pleasant plucky polite ' +
  'prompt proud quick quiet rapid ready restful robust rosy sage serene sharp shiny silent silver simple smart ' +
  'snug sober solid spirited stable steady sturdy sunny sure swift tender thankful tidy tranquil trusty upbeat ' +
  'useful valiant vivid warm wise witty wonderful zealous';

/** Second part: people of science, engineering and seafaring. */
const PEOPLE =
  'abel agnesi ampere archimedes avogadro babbage banach banneker banzai bassi bell bernoulli bessel blackwell bohr ' +
  'boole borg brahe brahmagupta brunel cannon cantor carson cauchy cavendish celsius chandra clarke conway cook ' +
  'copernicus cori crick curie dalton darwin davinci descartes dijkstra dirac drake driscoll easley edison einstein ' +
  'elion erdos euclid euler faraday fermat fermi fibonacci fourier franklin fulton galileo galois gates gauss germain ' +
  'gilbreth goldberg goodall haibt halley hamilton harvey heisenberg herschel hertz heyrovsky hilbert hodgkin hooke ' +
  'hopper hubble humboldt huygens hypatia jackson jemison jennings johnson joliot kalam kepler khayyam khorana knuth ' +
  'kovalevskaya lagrange lamarr lamport laplace leavitt leibniz lichterman linnaeus liskov lovelace lumiere magellan ' +
  'maxwell mayer mccarthy mcclintock mclean meitner mendel mercator merkle mirzakhani moore morse nash newton ' +
  'nightingale nobel noether noyce ohm pascal pasteur pauling perlman pike planck poincare poitras ptolemy pythagoras ' +
  'raman ramanujan rankine ride ritchie roentgen rosalind rubin sammet shannon shirley sinoussi snyder solomon ' +
  'spence swanson swartz tesla tharp thompson torvalds tu turing varahamihira vaughan visvesvaraya volhard volta ' +
  'watt wescoff wilbur wiles williams wing wozniak wright wu yalow yonath zhukovsky';

/** What a container's name may be. */
export const NAME_CHARS = '[a-zA-Z0-9][a-zA-Z0-9_.-]';
const NAME = new RegExp(`^/?${NAME_CHARS}+$`);

/**
 * Takes a name for a container that is being made.
 * @param wanted as the client gave it; '' for a random one
 * @returns the name with its slash
 * @throws ApiError for a name that cannot be or that another container has
 */
export function reserveName(sys: Sys, store: ContainerStore, id: string, wanted: string): string {
  if (wanted === '') return randomName(sys, store, id);
  checkName(wanted);
  const name = wanted.startsWith('/') ? wanted : `/${wanted}`;
  const owner = store.reserve(name, id);
  if (owner !== undefined) throw nameConflict(name, owner);
  return name;
}

/** @throws ApiError */
export function checkName(name: string): void {
  if (!NAME.test(name))
    throw new ApiError('invalid-parameter', `Invalid container name (${name}), only ${NAME_CHARS} are allowed`);
}

export const nameConflict = (name: string, owner: string): ApiError =>
  new ApiError(
    'conflict',
    `Conflict. The container name "${name}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`,
  );

function randomName(sys: Sys, store: ContainerStore, id: string): string {
  const moods = MOODS.split(' ');
  const people = PEOPLE.split(' ');
  for (let attempt = 0; attempt < 6; attempt++) {
    const base = `/${moods[randomBelow(sys, moods.length)]}_${people[randomBelow(sys, people.length)]}`;
    const name = attempt === 0 ? base : `${base}${randomBelow(sys, 10)}`;
    if (store.reserve(name, id) === undefined) return name;
  }
  const name = `/${id.slice(0, 12)}`;
  const owner = store.reserve(name, id);
  if (owner !== undefined) throw nameConflict(name, owner);
  return name;
}
