/** What somebody chose on this device: the language, the look, and favourites. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { useColorScheme } from 'react-native'
import { Format } from '../format'
import { ColoursContext, THEMES } from '../look/theme'
import { isWeb } from '../look/web'
import { type Language, languageOf, sentence, TEXTS, type Texts } from '../texts'
import { kept } from './kept'

export type Theme = 'auto' | 'light' | 'dark'

interface Preferences {
  language: Language
  setLanguage: (language: Language) => void
  theme: Theme
  setTheme: (theme: Theme) => void
  favourites: readonly string[]
  toggleFavourite: (id: string) => void
  t: Texts
  format: Format
  sentence: (error: unknown) => string
}

const PreferencesContext = createContext<Preferences | null>(null)

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  const [theme, setTheme] = useState(firstTheme)
  const [favourites, setFavourites] = useState(firstFavourites)
  const system = useColorScheme()
  const look = theme === 'auto' ? (system === 'dark' ? 'dark' : 'light') : theme

  useEffect(() => {
    if (!isWeb) return
    document.documentElement.lang = language
    document.documentElement.style.colorScheme = look
    document.documentElement.style.backgroundColor = THEMES[look].page
  }, [language, look])

  const value = useMemo<Preferences>(
    () => ({
      language,
      setLanguage(chosen) {
        kept.set('language', chosen)
        setLanguage(chosen)
      },
      theme,
      setTheme(chosen) {
        kept.set('theme', chosen)
        setTheme(chosen)
      },
      favourites,
      toggleFavourite(id) {
        const after = favourites.includes(id) ? favourites.filter((each) => each !== id) : [...favourites, id]
        kept.set('favourites', JSON.stringify(after))
        setFavourites(after)
      },
      t: TEXTS[language],
      format: new Format(language),
      sentence: (error) => sentence(language, error),
    }),
    [language, theme, favourites],
  )
  return (
    <PreferencesContext.Provider value={value}>
      <ColoursContext.Provider value={THEMES[look]}>{children}</ColoursContext.Provider>
    </PreferencesContext.Provider>
  )
}

export function usePreferences(): Preferences {
  const found = useContext(PreferencesContext)
  if (!found) throw new Error('There are no preferences here')
  return found
}

function firstLanguage(): Language {
  const wanted = isWeb ? navigator.languages : [Intl.DateTimeFormat().resolvedOptions().locale]
  return languageOf([kept.get('language') ?? '', ...wanted])
}

function firstTheme(): Theme {
  const found = kept.get('theme')
  return found === 'light' || found === 'dark' ? found : 'auto'
}

function firstFavourites(): string[] {
  try {
    const found: unknown = JSON.parse(kept.get('favourites') ?? '[]')
    return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}
