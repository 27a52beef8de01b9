export { age, clockTime } from './age.ts';
export { default as Detail } from './detail/Detail.svelte';
export {
  DETAIL_TABS,
  type DetailHead,
  type DetailTab,
  type LogLine,
  type ProcessTable,
  type Sibling,
  type StatsView,
  type SummaryRow,
} from './detail/detail.ts';
export { default as Inspect } from './detail/Inspect.svelte';
export { templateOf } from './detail/json.ts';
export { default as Logs } from './detail/Logs.svelte';
export { default as Processes } from './detail/Processes.svelte';
export { default as Stats } from './detail/Stats.svelte';
export { default as Summary } from './detail/Summary.svelte';
export type {
  Berth,
  ContainerLook,
  Drawing,
  Figure,
  Gate,
  HostFigures,
  ImageStack,
  Layer,
  Meter,
  Mount,
  Quay,
  Tank,
} from './drawing.ts';
export { default as Menu } from './frame/Menu.svelte';
export type { DiskOffer } from './frame/offer.ts';
export { default as Splitter } from './frame/Splitter.svelte';
export { default as TopBar } from './frame/TopBar.svelte';
export { THEMES, type Theme } from './frame/theme.ts';
export { default as ViewTabs } from './frame/ViewTabs.svelte';
export { default as Harbour } from './harbour/Harbour.svelte';
export { default as Legend } from './harbour/Legend.svelte';
export { default as Icon } from './Icon.svelte';
export { type I18n, provideI18n, useI18n } from './i18n/context.ts';
export { en, type Messages } from './i18n/en.ts';
export { greeting } from './i18n/greeting.ts';
export { zh } from './i18n/zh.ts';
export type { IconName } from './icons.ts';
export { default as Busy } from './states/Busy.svelte';
export { default as Crash } from './states/Crash.svelte';
export { default as BootLines } from './terminal/BootLines.svelte';
export { default as FindBar } from './terminal/FindBar.svelte';
export { default as KeyBar } from './terminal/KeyBar.svelte';
export { applicationArrow, type BarKey, withCtrl } from './terminal/keys.ts';
export { default as LinkBar } from './terminal/LinkBar.svelte';
export { default as Suggestions } from './terminal/Suggestions.svelte';
export { default as TerminalTabs } from './terminal/TerminalTabs.svelte';
