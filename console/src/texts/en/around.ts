/** The words of what is around every page, in English: the palette, the keys, the reader's choices. */

export const palette = {
  open: 'Find…',
  title: 'Find a page, a point or a command',
  placeholder: 'Page, point, site, driver or command',
  found: 'What was found',
  nothing: 'Nothing is called that.',
  page: 'Page',
  point: 'Charging point',
  site: 'Site',
  command: 'Command',
  view: (page: string) => `Saved view of ${page}`,
  inPoints: (text: string) => `Points with “${text}”`,
  inSessions: (text: string) => `Sessions with “${text}”`,
  theme: (name: string) => `Theme: ${name}`,
  density: (name: string) => `Density: ${name}`,
}

export const saved = {
  button: (views: number) => (views === 0 ? 'Views' : `Views (${views})`),
  title: 'Saved views',
  save: 'Name for what is shown now',
  send: 'Save',
  done: (name: string) => `${name} is saved.`,
  none: 'No view of this page is saved. A view keeps the filter, the order and the way of showing.',
  name: 'Name',
  rename: 'Rename',
  renameOf: (name: string) => `Rename ${name}`,
  taken: (name: string) => `There is a view called ${name}.`,
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} is removed.`,
  close: 'Close',
}

export const shortcuts = {
  title: 'Keyboard shortcuts',
  close: 'Close',
  keys: [
    { keys: 'Ctrl K', text: 'Find a page, a point or a command (⌘ K on a Mac)', isSingle: false },
    { keys: '/', text: 'Go to the search of the page', isSingle: true },
    { keys: '?', text: 'Show this list', isSingle: true },
    { keys: 'Esc', text: 'Close what is open above the page', isSingle: false },
  ],
}

export const settings = {
  title: 'Settings',
  short: 'Settings',
  look: 'How it looks here',
  kept: 'Kept in this browser, for whoever uses it.',
  language: 'Language',
  density: 'Density',
  densities: { comfortable: 'Comfortable', compact: 'Compact' },
  keys: 'Single-key shortcuts',
  switch: { on: 'On', off: 'Off' },
  keysHint: 'Keys such as ? and / do something where nobody types. Ctrl K always does.',
  about: 'About',
  version: 'Version',
  since: 'Up for',
  points: 'Charging points',
  mode: 'Access',
  modes: { open: 'Open: whoever reaches it may do everything', secure: 'People sign in' },
  health: 'Health',
  well: 'All is well',
  api: 'The HTTP API',
  apiText: 'Everything that is seen here can be asked by programs.',
}
