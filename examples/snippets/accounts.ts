import { parseMacKeys, VodflowPlugin } from 'vodflow/worker'

// An empty key is refused by its name.
const {
  INTL_VOD = 'https://vod.intl.tencentcloudapi.com',
  INTL_SECRET_ID = '',
  INTL_SECRET_KEY = '',
  MAINLAND_VOD = 'https://vod.tencentcloudapi.com',
  MAINLAND_SECRET_ID = '',
  MAINLAND_SECRET_KEY = '',
  VODFLOW_MAC_KEYS,
} = process.env

/** For Worker.create. A step that names no account uses `default`. */
export const plugin = new VodflowPlugin({
  accounts: {
    default: {
      endpoint: INTL_VOD,
      credentials: { secretId: INTL_SECRET_ID, secretKey: INTL_SECRET_KEY },
    },
    mainland: {
      endpoint: MAINLAND_VOD,
      credentials: { secretId: MAINLAND_SECRET_ID, secretKey: MAINLAND_SECRET_KEY },
    },
  },
  macKeys: parseMacKeys(VODFLOW_MAC_KEYS),
})
