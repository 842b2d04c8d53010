/** Where the console begins; the theme is set before anything is drawn. */
import './shell/preferences.svelte.ts'
import './app.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { language } from './texts/index.ts'

document.documentElement.lang = language
mount(App, { target: document.getElementById('app')! })
