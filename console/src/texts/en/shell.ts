/** The words around every page, in English. */

function ending(supplies: number): string {
  return supplies === 1 ? '1 running supply ends' : `${supplies} running supplies end`
}

export const shell = {
  name: 'EV Charging',
  title: (page: string) => `${page} · EV Charging`,
  nav: 'Pages',
  more: 'More',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  retrying: 'Cannot reach Central, retrying',
  everyone: 'All charging points',
  stopAll: 'Stop all',
  resumeAll: 'Resume all',
  stopAllTitle: (points: number) => `Stop all ${points} charging points?`,
  stopAllText: (supplies: number) => `${ending(supplies)} now. Resume all brings the points back.`,
  stopSomeText: (supplies: number) => `${ending(supplies)} now. Resume brings the points back.`,
  retry: 'Try again',
}

export const unknownPage = {
  title: 'No such page',
  text: (page: string) => `There is no page “${page}” here:`,
  home: 'go to the charging points',
}

/** Sentences of no page. */
export const sentences = {
  unreachable: 'Cannot reach Central.',
  notDone: 'Cannot reach Central, so nothing was done.',
  badId: 'An ID is 1 to 64 of the characters A-Z a-z 0-9 . _ @ : - and begins and ends with a letter or digit.',
  answeredWith: (status: number) => `Central answered with error ${status}.`,
}

/** What parts of pages say wherever they are. */
export const parts = {
  link: {
    title: 'Connection to Central',
    states: { connecting: 'Connecting', live: 'Live', polling: 'Polling every 2 s', offline: 'Offline' },
  },
  asOf: (time: string) => `as of ${time}`,
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  messages: {
    title: 'System messages',
    levels: { info: 'Info', warning: 'Warning', error: 'Error' },
    none: 'Nothing has happened yet.',
  },
}

export const time = {
  /** `span` is a number and its unit. */
  ago: (span: string) => `${span} ago`,
}
