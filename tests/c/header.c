// Uses everything in the header that only a compiler sees.
#include <milvus_client.h>
#include <milvus_client.h> // twice is as good as once

milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
milvus_plan plan = MILVUS_PLAN_INIT;

int main(void)
{
    const milvus_error *error = milvus_last_error();
    int64_t no_timeout = 0 - MILVUS_NO_TIMEOUT;

#if MILVUS_VERSION_MAJOR < 0 || MILVUS_VERSION_MINOR < 0 || MILVUS_VERSION_PATCH < 0 || MILVUS_ABI_VERSION < 1
#error "the version can be tested by the preprocessor"
#endif
    return error->status == MILVUS_OK && no_timeout == 1 && MILVUS_NO_JOB == 0 ? 0 : 1;
}
