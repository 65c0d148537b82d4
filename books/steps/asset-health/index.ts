export { AssetCheckTooSlow, checkAssets } from './check-assets.ts'
export { type AssetCheck, checkAssetsAlone } from './alone.ts'
