import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from './commandLine.js'
import { type Rig, startRig } from './rig.js'

const exec = promisify(execFile)
const venv = fileURLToPath(new URL('../../node_modules/.cache/tencent-python', import.meta.url))
const python = `${venv}/bin/python`

const script = `
import json, sys
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.vod.v20180717 import vod_client, models

endpoint, secret_id, secret_key, file_id = sys.argv[1:]
profile = HttpProfile(protocol="http", endpoint=endpoint)
client = vod_client.VodClient(credential.Credential(secret_id, secret_key), "", ClientProfile(httpProfile=profile))

def call(name, **params):
    request = getattr(models, name + "Request")()
    request.from_json_string(json.dumps(params))
    try:
        return json.loads(getattr(client, name)(request).to_json_string())
    except TencentCloudSDKException as error:
        return {"code": error.get_code()}

made = call("ProcessMediaByProcedure", FileId=file_id, ProcedureName="flow", SessionId="python", SessionContext="gr\\u00fc\\u00df")
again = call("ProcessMediaByProcedure", FileId=file_id, ProcedureName="flow", SessionId="python")
detail = call("DescribeTaskDetail", TaskId=made["TaskId"])
listed = call("DescribeTasks", FileId=file_id)
wrong = call("ProcessMediaByProcedure", FileId=file_id, ProcedureName="none")
print(json.dumps({"made": made, "again": again, "detail": detail, "listed": listed, "wrong": wrong}))
`

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
  if (!existsSync(`${venv}/installed`)) {
    const said = (error: Error) => {
      throw new Error(
        `Tencent's Python SDK cannot be installed: Python 3 with venv and pip is needed. ${error.message}`,
      )
    }
    await exec('python3', ['-m', 'venv', venv]).catch(said)
    const packages = ['tencentcloud-sdk-python-common==3.1.195', 'tencentcloud-sdk-python-vod==3.1.194']
    await exec(python, ['-m', 'pip', 'install', '--quiet', ...packages]).catch(said)
    await exec('touch', [`${venv}/installed`])
  }
})
afterAll(() => rig.close())

test("Tencent's Python SDK takes the local VOD for the real one", async () => {
  const FileId = await rig.empty()
  const { secretId, secretKey } = keys
  const args = ['-c', script, new URL(rig.endpoint).host, secretId, secretKey, FileId]
  const { made, again, detail, listed, wrong } = JSON.parse((await exec(python, args)).stdout)
  expect(made.TaskId).toContain('procedurev2')
  expect(again).toEqual({ code: 'InvalidParameterValue.SessionId' })
  expect(detail.ProcedureTask).toMatchObject({ TaskId: made.TaskId, FileId, SessionContext: 'grüß' })
  expect(listed.TaskSet).toHaveLength(2)
  expect(wrong).toEqual({ code: 'InvalidParameterValue.ProcedureName' })
})
