// Another translation unit with the header: both have to link.
#include <milvus_client.hpp>
#include <milvus_client.hpp> // twice is as good as once

std::size_t options_seen_by_the_second();

std::size_t options_seen_by_the_second()
{
    return milvus::known_options().size();
}
