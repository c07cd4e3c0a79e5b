module github.com/milvus-client/milvus-client-go

go 1.25
