import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, matching, pointsFor, searches, sitesFor } from '../src/shell/palette.ts'
import { shortcutOf } from '../src/shell/shortcuts.ts'
import { point, site } from './views.ts'

const command = (label: string): Command => ({ id: label, label, hint: '', go: '#/' })
const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })

test('a command is found by every word of it, those that begin so first', () => {
  const all = ['Stop all', 'Theme: Dark', 'All sessions', 'Resume all'].map(command)
  assert.deepEqual(matching(all, 'all').map(({ label }) => label), ['All sessions', 'Stop all', 'Resume all'])
  assert.deepEqual(matching(all, ' dark theme ').map(({ label }) => label), ['Theme: Dark'])
  assert.deepEqual(matching(all, 'nothing'), [])
})

test('a point is found by its ID, its location and its driver, and no more than fit', () => {
  const views = Array.from({ length: 20 }, (_, number) => point({ cp_id: `CP-${number}`, location: `Bay ${number}` }))
  assert.deepEqual(pointsFor(views, 'bay 7').map(({ go }) => go), ['#/points/CP-7'])
  assert.equal(pointsFor(views, 'CP').length, 6)
  assert.deepEqual(pointsFor(views, ' '), [])
})

test('a site is found by its ID, its name and its address, and leads to its page', () => {
  const sites = [site('SITE-1', { name: 'North' }), site('SITE-2', { address: 'Calle Mayor 1' }), site('SITE-3')]
  assert.deepEqual(sitesFor(sites, 'nor').map(({ label, hint, go }) => [label, hint, go]), [
    ['North', 'Site SITE-1', '#/sites/SITE-1'],
  ])
  assert.deepEqual(sitesFor(sites, 'mayor').map(({ label, hint }) => [label, hint]), [['SITE-2', 'Site']])
  assert.equal(sitesFor(Array.from({ length: 9 }, (_, number) => site(`S-${number}`)), 's-').length, 4)
  assert.deepEqual(sitesFor(sites, ' '), [])
})

test('whatever is typed can be looked for in the lists that may be read', () => {
  assert.deepEqual(searches('a b', true).map(({ go }) => go), ['#/points?q=a+b', '#/sessions?q=a+b'])
  assert.deepEqual(searches('a', false).map(({ go }) => go), ['#/points?q=a'])
})

test('single keys do nothing where somebody types, with another key, or where they are off', () => {
  assert.equal(shortcutOf(press('?'), false, true), 'help')
  assert.equal(shortcutOf(press('/'), false, true), 'search')
  assert.deepEqual([shortcutOf(press('?'), true, true), shortcutOf(press('?'), false, false)], [null, null])
  assert.deepEqual([shortcutOf(press('x'), false, true), shortcutOf(press('/', { ctrlKey: true }), false, true)], [null, null])
})

test('the palette opens with Control or Command and K, also where somebody types', () => {
  assert.equal(shortcutOf(press('k', { ctrlKey: true }), true, false), 'palette')
  assert.equal(shortcutOf(press('K', { metaKey: true }), false, true), 'palette')
  assert.equal(shortcutOf(press('k', { ctrlKey: true, altKey: true }), false, true), null)
})
